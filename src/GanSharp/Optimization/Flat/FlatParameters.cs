using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Optimization.Flat;

/// <summary>
/// A network's trainable parameters, moved into one contiguous buffer. Each parameter becomes a view of its part, so the network trains as before, bit
/// for bit, while an optimizer step, an average or a check is one pass. Gradients stay where the backward pass makes them and are taken over by the step.
/// Parameters of different types or devices get a buffer each; frozen parameters stay where they are; tied ones count once.
/// </summary>
public sealed class FlatParameters : IDisposable
{
    // 64 bytes: a cache line and the widest vector register, so that no parameter starts in the middle of either.
    private const int AlignmentBytes = 64;

    /// <summary>Float32 values between the starts that a parameter can have.</summary>
    internal const int Alignment = AlignmentBytes / sizeof(float);

    private readonly Tensor[] parameters, buffers;
    private readonly ScalarType[] types;

    /// <summary>Moves the parameters that require gradient. Freeze, convert and move the network before, not after.</summary>
    /// <param name="module">The network; its parameters keep their values.</param>
    public FlatParameters(Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var kinds = Kinds(module);
        parameters = [.. kinds.SelectMany(kind => kind).Select(entry => entry.Parameter)];
        types = [.. parameters.Select(parameter => parameter.dtype)];
        Layout = [.. kinds.SelectMany(Place)];
        buffers = [.. kinds.Select((_, buffer) => Flatten(buffer))];
        // What a span reaches: float32, on the CPU, below 2 GiB.
        static bool IsReachable(Tensor values) =>
            values is { dtype: ScalarType.Float32, device_type: DeviceType.CPU } && values.numel() <= int.MaxValue / sizeof(float);
        Pieces = [.. buffers.Select((values, buffer) => IsReachable(values)
            ? Layout.SelectMany((place, index) => place.Buffer == buffer ? FlatPiece.Cut(index, place.Start, place.Count) : []).ToArray()
            : [])];
        Rounded = new Tensor?[buffers.Length];
    }

    /// <summary>All parameters of one type on one device, shape [n], for each such combination; none where every parameter is frozen.</summary>
    public IReadOnlyList<Tensor> Buffers => buffers;

    /// <summary>Where each parameter lies: the index of its buffer, its first value there, its length with the padding behind it, and its number of values.</summary>
    internal IReadOnlyList<(string Name, int Buffer, long Start, long Length, long Count)> Layout { get; }

    /// <summary>What a pass takes at a time of each buffer; none of those that it can't take.</summary>
    internal IReadOnlyList<FlatPiece[]> Pieces { get; }

    /// <summary>For each buffer that <see cref="FlatPass"/> can take, a copy in bfloat16 that it keeps up with the values; null, at first, for none.</summary>
    internal Tensor?[] Rounded { get; }

    /// <summary>Number of trainable values, padding excluded.</summary>
    public long Count => Layout.Sum(place => place.Count);

    /// <summary>Holds the network fixed or lets it learn: whether a backward pass computes gradients for its parameters.</summary>
    /// <param name="required">False while the other network learns.</param>
    public void RequireGradients(bool required)
    {
        foreach (var parameter in parameters)
            parameter.requires_grad_(required);
    }

    /// <summary>Forgets the gradients that the parameters have.</summary>
    public void ClearGradients()
    {
        foreach (var parameter in parameters)
            parameter.grad = null;
    }

    /// <summary>What the last backward pass left. The parameters then have no gradient; what isn't used is given up with the result.</summary>
    internal FlatGradients TakeGradients() => new(this, parameters);

    /// <summary>Whether <see cref="FlatPass"/> can take a buffer.</summary>
    internal bool IsManaged(int buffer) => Pieces[buffer].Length > 0;

    /// <summary>Sum of the squares of all values: not finite where one isn't.</summary>
    internal double SumOfSquares()
    {
        VectorSource[] sources = [.. buffers.Select((values, buffer) => IsManaged(buffer) ? VectorSource.Of(values) : default)];
        var sum = SumOfSquares((buffer, piece) => sources[buffer].From(piece.Start), buffer => buffers[buffer]);
        GC.KeepAlive(this);
        return sum;
    }

    /// <summary>Sum of the squares of what is laid out like the buffers.</summary>
    /// <param name="source">A piece of a buffer that <see cref="FlatPass"/> can take.</param>
    /// <param name="whole">Another buffer.</param>
    internal double SumOfSquares(Func<int, FlatPiece, VectorSource> source, Func<int, Tensor> whole)
    {
        using var frozen = no_grad();
        var sum = 0.0;
        for (var index = 0; index < buffers.Length; index++)
        {
            var buffer = index;
            if (IsManaged(buffer))
            {
                sum += FlatPass.SumOfSquares(Pieces[buffer], piece => source(buffer, piece));
                continue;
            }
            using var norm = whole(buffer).norm();
            sum += Math.Pow(norm.ToDouble(), 2);
        }
        return sum;
    }

    /// <summary>Brings every value into [−limit, limit], and the rounded copies with it. What isn't finite becomes NaN, so that a limit hides no divergence.</summary>
    internal void Limit(double limit)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (values, rounded) in buffers.Zip(Rounded))
        {
            // 0 where a value is finite; ∞ − ∞ is NaN.
            var mark = values - values;
            values.clamp_(-limit, limit).add_(mark);
            rounded?.copy_(values);
        }
    }

    /// <summary>Throws where something outside has converted or moved a parameter.</summary>
    /// <exception cref="InvalidOperationException">For instance <c>to(dtype)</c> was called on the network.</exception>
    public void ThrowIfParametersMoved()
    {
        for (var index = 0; index < parameters.Length; index++)
        {
            var (parameter, (name, buffer, start, _, _)) = (parameters[index], Layout[index]);
            if (parameter.dtype != types[index])
                throw new InvalidOperationException($"Parameter '{name}' was {types[index]} when the trainer was made and is {parameter.dtype} now. Convert a network before making the trainer.");
            if (parameter.storage_offset() != start || (IsManaged(buffer) && VectorSource.Of(parameter) != VectorSource.Of(buffers[buffer]).From(start)))
                throw new InvalidOperationException($"Parameter '{name}' isn't where the trainer put it. Move a network, or replace its parameters, before making the trainer.");
        }
    }

    /// <summary>Releases the buffers; the network keeps its parameters.</summary>
    public void Dispose()
    {
        foreach (var buffer in buffers)
            buffer.Dispose();
    }

    /// <summary>How a network's trainable parameters would lie in buffers, while they stay where they are.</summary>
    internal static IReadOnlyList<(Tensor Parameter, int Buffer, long Start, long Length)> PlacesOf(Module module) =>
        [.. Kinds(module).SelectMany((kind, buffer) => kind.Zip(Place(kind, buffer), (entry, place) => (entry.Parameter, buffer, place.Start, place.Length)))];

    private static (string Name, Tensor Parameter)[][] Kinds(Module module)
    {
        var seen = new HashSet<IntPtr>();
        return [.. module.named_parameters()
            .Where(named => named.parameter.requires_grad && seen.Add(named.parameter.Handle))
            .GroupBy(named => (Type: named.parameter.dtype, Device: named.parameter.device.ToString()), named => (named.name, (Tensor)named.parameter))
            .Select(kind => kind.ToArray())];
    }

    private static IEnumerable<(string Name, int Buffer, long Start, long Length, long Count)> Place((string Name, Tensor Parameter)[] kind, int buffer)
    {
        var alignment = AlignmentBytes / (int)kind[0].Parameter.ElementSize;
        long start = 0;
        foreach (var (name, parameter) in kind)
        {
            var (count, length) = (parameter.numel(), (parameter.numel() + alignment - 1) / alignment * alignment);
            yield return (name, buffer, start, length, count);
            start += length;
        }
    }

    private Tensor Flatten(int buffer)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var members = Layout.Select((place, index) => (Place: place, Parameter: parameters[index])).Where(member => member.Place.Buffer == buffer).ToArray();
        var values = zeros(members.Sum(member => member.Place.Length), members[0].Parameter.dtype, members[0].Parameter.device);
        foreach (var (place, parameter) in members)
        {
            var view = values.narrow(0, place.Start, place.Count).view(parameter.shape);
            view.copy_(parameter);
            parameter.set_(view);
            parameter.grad = null;
        }
        return values.DetachFromDisposeScope();
    }
}
