using System.Runtime.ExceptionServices;
using System.Text.Json.Serialization.Metadata;
using GanSharp.Communication;
using GanSharp.Diagnostics.Reports;
using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Monitoring;

/// <summary>
/// Divides a report's work among the processes that train together, so that none does what another does: passes of networks by samples, everything else by rank 0, whose results all get. What fails on one fails on all.
/// Where one process trains, nothing is said.
/// </summary>
/// <param name="ranks">The processes.</param>
internal sealed class DividedWork(ICommunicator ranks)
{
    /// <summary>D's output for samples, of which each rank judges a part.</summary>
    /// <param name="count">Samples.</param>
    /// <param name="samplesPerLogit">How many D judges together.</param>
    /// <param name="judge">D's output for a part: its first sample and its length.</param>
    public DiscriminatorOutput Outputs(int count, int samplesPerLogit, Func<int, int, DiscriminatorOutput> judge)
    {
        if (ranks.Size == 1)
            return judge(0, count);
        DiscriminatorOutput? shape = null;
        var parts = Rows(count, samplesPerLogit, (start, length) =>
        {
            shape = judge(start, length);
            return [.. Parts(shape)];
        });
        var next = 0;
        return shape!.Map(_ => parts[next++]);
    }

    /// <summary>G's samples and D's output for them.</summary>
    /// <inheritdoc cref="Outputs"/>
    public (Tensor Samples, DiscriminatorOutput Output) Samples(int count, int samplesPerLogit, Func<int, int, (Tensor Samples, DiscriminatorOutput Output)> make)
    {
        if (ranks.Size == 1)
            return make(0, count);
        Tensor? samples = null;
        var output = Outputs(count, samplesPerLogit, (start, length) =>
        {
            var made = make(start, length);
            samples = made.Samples;
            return made.Output;
        });
        return (Rows(count, samplesPerLogit, (_, _) => [samples!])[0], output);
    }

    /// <summary>What rank 0 alone finds, on every rank.</summary>
    /// <param name="find">Finds it.</param>
    /// <param name="json">How it is told.</param>
    /// <exception cref="OtherRankException">Rank 0 failed.</exception>
    public T ByFirst<T>(Func<T> find, JsonTypeInfo<Told<T>> json)
    {
        if (ranks.Size == 1)
            return find();
        var (found, failure) = ranks.Rank == 0 ? Attempt(find) : default;
        var told = ranks.Share(0, new Told<T>(found, failure is null ? null : OtherRankException.Cause.Of(failure)), json);
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        return told.Failure is { } cause ? throw new OtherRankException(cause) : told.Value!;
    }

    /// <summary>Tensors with a row, or a part of one, for each sample, of which each rank computes a part.</summary>
    private Tensor[] Rows(int count, int multipleOf, Func<int, int, Tensor[]> compute)
    {
        // That of a pass over many samples, so that each piece goes through a network as in one process, and gives the same bits.
        var piece = Chunks.Size(multipleOf);
        var most = ((count + piece - 1) / piece + ranks.Size - 1) / ranks.Size * piece;
        var start = Math.Min(count, ranks.Rank * most);
        var length = Math.Min(most, count - start);
        // Where there are fewer pieces than ranks, the others learn of what shape the rows are.
        var (own, failure) = Attempt(() => length > 0 ? compute(start, length) : compute(0, multipleOf));
        ThrowIfAnyFailed(failure);
        var computed = length > 0 ? length : multipleOf;
        Tensor[] all = [.. own!.Select(part => zeros([part.shape[0] * count / computed, .. part.shape[1..]], part.dtype, part.device))];
        if (length > 0)
            foreach (var (part, whole) in own!.Zip(all))
                whole.narrow(0, part.shape[0] * start / length, part.shape[0]).copy_(part);
        // Sums of numbers and zeros are exact.
        ranks.AllReduce(all);
        return all;
    }

    private void ThrowIfAnyFailed(Exception? own)
    {
        using var scope = NewDisposeScope();
        var failures = zeros(ranks.Size);
        failures[ranks.Rank] = own is null ? 0 : 1;
        ranks.AllReduce([failures]);
        var first = Array.IndexOf(failures.data<float>().ToArray(), 1);
        if (first < 0)
            return;
        var cause = ranks.Share(first, own is null ? null : OtherRankException.Cause.Of(own), ReportJson.Default.Cause)!;
        if (first == ranks.Rank)
            ExceptionDispatchInfo.Throw(own!);
        throw new OtherRankException(cause);
    }

    private static (T? Result, Exception? Failure) Attempt<T>(Func<T> action)
    {
        try
        {
            return (action(), null);
        }
        catch (Exception exception)
        {
            return (default, exception);
        }
    }

    // In the order of DiscriminatorOutput.Map.
    private static List<Tensor> Parts(DiscriminatorOutput output)
    {
        var parts = new List<Tensor>();
        _ = output.Map(part =>
        {
            parts.Add(part);
            return part;
        });
        return parts;
    }

    /// <summary>What rank 0 found, or why it found nothing.</summary>
    public sealed record Told<T>(T? Value, OtherRankException.Cause? Failure);
}
