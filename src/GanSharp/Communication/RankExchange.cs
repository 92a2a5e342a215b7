using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static TorchSharp.torch;

namespace GanSharp.Communication;

/// <summary>Bytes and descriptions among ranks, by the two calls that every communicator has. It all goes through the CPU.</summary>
internal static class RankExchange
{
    private const int ListedDifferences = 20;

    /// <summary>The bytes of rank 0, on every rank.</summary>
    public static byte[] Broadcast(this ICommunicator communicator, byte[] bytes)
    {
        using var scope = NewDisposeScope();
        var length = tensor(new long[] { bytes.Length });
        communicator.Broadcast([length]);
        var count = length.item<long>();
        if (count == 0)
            return [];
        var content = communicator.Rank == 0 ? tensor(bytes) : zeros(count, ScalarType.Byte);
        communicator.Broadcast([content]);
        return content.data<byte>().ToArray();
    }

    /// <summary>What one rank has, on every rank.</summary>
    /// <param name="communicator">The ranks.</param>
    /// <param name="rank">Who has it.</param>
    /// <param name="own">Its value there; what others pass is ignored.</param>
    /// <param name="json">How it is written.</param>
    /// <returns>On that rank the value itself, on the others one that was written as JSON and read.</returns>
    public static T Share<T>(this ICommunicator communicator, int rank, T own, JsonTypeInfo<T> json)
    {
        var isOwner = communicator.Rank == rank;
        var written = isOwner ? JsonSerializer.SerializeToUtf8Bytes(own, json) : [];
        using var scope = NewDisposeScope();
        var length = tensor(new double[] { written.Length });
        communicator.AllReduce([length]);
        // A byte and zeros: a sum that is exact.
        var content = isOwner ? tensor(written).to(ScalarType.Float32) : zeros((long)length.item<double>(), ScalarType.Float32);
        communicator.AllReduce([content]);
        return isOwner ? own : JsonSerializer.Deserialize(content.to(ScalarType.Byte).data<byte>().ToArray(), json)!;
    }

    /// <summary>The bytes of each rank, on every rank.</summary>
    public static byte[][] Gather(this ICommunicator communicator, byte[] bytes)
    {
        using var scope = NewDisposeScope();
        var lengths = zeros(communicator.Size, ScalarType.Float64);
        lengths[communicator.Rank] = bytes.Length;
        communicator.AllReduce([lengths]);
        var counts = lengths.data<double>().Select(length => (int)length).ToArray();
        // A byte and zeros: a sum that is exact.
        var rows = zeros([communicator.Size, Math.Max(1, counts.Max())], ScalarType.Float32);
        if (bytes.Length > 0)
            rows[communicator.Rank].narrow(0, 0, bytes.Length).copy_(tensor(bytes));
        communicator.AllReduce([rows]);
        return [.. counts.Select((count, rank) => rows[rank].narrow(0, 0, Math.Max(1, count)).to(ScalarType.Byte).data<byte>().ToArray()[..count])];
    }

    /// <summary>Throws on every rank unless all describe themselves alike.</summary>
    /// <param name="communicator">The ranks.</param>
    /// <param name="description">This rank's names and values.</param>
    /// <exception cref="RanksDifferException">The message names each difference and its rank.</exception>
    public static void ThrowUnlessAlike(this ICommunicator communicator, SortedDictionary<string, string> description)
    {
        var own = JsonSerializer.SerializeToUtf8Bytes(description, DescriptionJson.Default.SortedDictionaryStringString);
        if (communicator.Gather(SHA256.HashData(own)).Select(Convert.ToHexString).Distinct().Count() == 1)
            return;
        var all = communicator.Gather(own).Select(bytes => JsonSerializer.Deserialize(bytes, DescriptionJson.Default.SortedDictionaryStringString)!).ToArray();
        var differences = all.Skip(1).SelectMany((other, index) => all[0].Keys.Union(other.Keys).Order(StringComparer.Ordinal)
            .Where(name => all[0].GetValueOrDefault(name) != other.GetValueOrDefault(name))
            .Select(name => $"- rank {index + 1}: {name} is {other.GetValueOrDefault(name) ?? "not set"} but on rank 0 {all[0].GetValueOrDefault(name) ?? "not set"}")).ToArray();
        throw new RanksDifferException(new StringBuilder("All processes that train together must be started alike:").AppendLine()
            .AppendJoin(Environment.NewLine, differences.Take(ListedDifferences)).Append(differences.Length > ListedDifferences ? $"{Environment.NewLine}- and {differences.Length - ListedDifferences} more" : "").ToString());
    }
}

/// <summary>Written by generated code, which a trimmed program keeps.</summary>
[JsonSerializable(typeof(SortedDictionary<string, string>))]
internal sealed partial class DescriptionJson : JsonSerializerContext;
