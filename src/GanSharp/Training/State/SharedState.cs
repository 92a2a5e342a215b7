using System.Security.Cryptography;
using GanSharp.Communication;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Training.State;

/// <summary>Brings every rank to the state of rank 0, and proves that it is there.</summary>
internal static class SharedState
{
    /// <summary>Replaces tensors, random stream and numbers of a run by those of rank 0.</summary>
    /// <exception cref="RanksDifferException">They differ afterwards: the communicator doesn't do what it promises.</exception>
    public static void Share(this ICommunicator communicator, TrainingState state)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        communicator.Broadcast([.. state.Tensors.Select(entry => entry.Value.detach())]);
        var random = state.LatentRandom.get_state();
        communicator.Broadcast([random]);
        state.LatentRandom.set_state(random);
        var scalars = state.Scalars;
        if (scalars.Values.Sum(values => values.Length) > 0)
        {
            using var all = tensor(scalars.Values.SelectMany(values => values).ToArray());
            communicator.Broadcast([all]);
            var next = all.data<double>().ToArray().AsEnumerable().GetEnumerator();
            foreach (var values in scalars.Values)
                for (var index = 0; index < values.Length && next.MoveNext(); index++)
                    values[index] = next.Current;
            state.Scalars = scalars;
        }
        state.RunId = new Guid(communicator.Broadcast(state.RunId.ToByteArray()));
        communicator.ThrowUnlessAlike(new() { ["the state after it was broadcast, by its SHA-256"] = Hash(state) });
    }

    /// <summary>SHA-256 of every tensor and number.</summary>
    private static string Hash(TrainingState state)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.Append(state.Tensors);
        foreach (var number in state.Scalars.Values.SelectMany(values => values))
            hash.AppendData(BitConverter.GetBytes(number));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
