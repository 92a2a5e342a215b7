using GanSharp.Communication;
using static TorchSharp.torch;

namespace GanSharp.Optimization.Flat;

/// <summary>
/// What the backward pass left for a network's parameters. Its tensors are taken over as they are: adding them to a flat buffer of zeros, and
/// zeroing that again, would move four times their memory. Only where <see cref="FlatPass"/> can't read them are they put into one buffer.
/// </summary>
internal sealed class FlatGradients : IDisposable
{
    private readonly FlatParameters parameters;
    private readonly Tensor?[] own, joined;
    private readonly VectorSource[] sources;

    /// <summary>Takes the gradients from their parameters, which then have none.</summary>
    public FlatGradients(FlatParameters parameters, IReadOnlyList<Tensor> owners)
    {
        using var frozen = no_grad();
        this.parameters = parameters;
        own = new Tensor?[owners.Count];
        for (var index = 0; index < own.Length; index++)
        {
            if (owners[index].grad is not { IsInvalid: false } gradient)
                continue;
            own[index] = gradient.DetachFromDisposeScope();
            owners[index].grad = null;
        }
        joined = [.. parameters.Buffers.Select((_, buffer) => parameters.IsManaged(buffer) ? null : Join(buffer))];
        for (var index = 0; index < own.Length; index++)
            if (own[index] is { } gradient && !VectorSource.Reads(gradient))
                Replace(index, gradient);
        sources = [.. own.Select(VectorSource.Of)];
    }

    /// <summary>A piece of a gradient; zeros where the backward pass didn't come to its parameter.</summary>
    public VectorSource Source(FlatPiece piece) => sources[piece.Parameter].From(piece.Offset);

    /// <summary>The gradients of a buffer, laid out like it: joined already where <see cref="FlatPass"/> can't take them, now where an optimizer has no vector rule.</summary>
    public Tensor Joined(int buffer) => joined[buffer] ??= Join(buffer);

    /// <summary>Those of parameters that have one.</summary>
    public IEnumerable<(string Name, Tensor Values)> Named() => parameters.Layout
        .Select((place, index) => (place.Name, Values: own[index] ?? joined[place.Buffer]?.narrow(0, place.Start, place.Count)))
        .Where(entry => entry.Values is not null)!;

    /// <summary>Whether none is NaN or infinite, by one reading of each where all is well.</summary>
    public bool AreFinite()
    {
        using var frozen = no_grad();
        // A value above 1e19 overflows the sum; only then is each looked at.
        if (double.IsFinite(SumOfSquares()))
            return true;
        using var scope = NewDisposeScope();
        return Named().All(entry => entry.Values.isfinite().all().item<bool>());
    }

    /// <summary>Replaces them, and what travels with them, by the means over all ranks.</summary>
    public void Average(ICommunicator communicator, IReadOnlyList<Tensor> alongside) => AverageAll(communicator, [.. Named().Select(entry => entry.Values), .. alongside]);

    /// <summary>Replaces tensors by their means over all ranks.</summary>
    public static void AverageAll(ICommunicator communicator, IReadOnlyList<Tensor> tensors)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        communicator.AllReduce(tensors);
        foreach (var tensor in tensors)
            tensor.div_(communicator.Size);
    }

    /// <summary>Limits the joint Euclidean norm. Devices aren't waited for: theirs are scaled here, and those on the CPU where they are used.</summary>
    /// <returns>What the gradients are still to be multiplied by.</returns>
    public double ClipNorm(double maximum)
    {
        // torch's own: it keeps a norm of zero from being divided by.
        const double Smallest = 1e-6;
        if (joined.All(values => values is null))
            return Math.Min(1, maximum / (Math.Sqrt(SumOfSquares()) + Smallest));
        var norm = stack(Named().Select(entry => entry.Values.norm().to(ScalarType.Float64, parameters.Buffers[0].device))).norm();
        var scale = (maximum / (norm + Smallest)).clamp_max(1);
        foreach (var gradient in own.Concat(joined).OfType<Tensor>())
            gradient.mul_(scale.to(gradient.dtype, gradient.device));
        return 1;
    }

    public void Dispose()
    {
        foreach (var gradient in own.Concat(joined))
            gradient?.Dispose();
    }

    private double SumOfSquares()
    {
        var sum = parameters.SumOfSquares((_, piece) => Source(piece), Joined);
        GC.KeepAlive(this);
        return sum;
    }

    private Tensor Join(int buffer)
    {
        using var scope = NewDisposeScope();
        var values = parameters.Buffers[buffer];
        var parts = new List<Tensor>();
        for (var index = 0; index < own.Length; index++)
        {
            var (_, home, _, length, count) = parameters.Layout[index];
            if (home != buffer)
                continue;
            if (own[index] is { } gradient)
                parts.Add(Dense(gradient, values.dtype).flatten());
            var given = own[index] is null ? 0 : count;
            if (length > given)
                parts.Add(zeros(length - given, values.dtype, values.device));
            own[index]?.Dispose();
            own[index] = null;
        }
        return cat(parts).DetachFromDisposeScope();
    }

    private void Replace(int index, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        own[index] = Dense(gradient, ScalarType.Float32).contiguous().DetachFromDisposeScope();
        gradient.Dispose();
    }

    private static Tensor Dense(Tensor gradient, ScalarType type) => (gradient.is_sparse ? gradient.to_dense() : gradient).to(type);
}
