using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Optimization;

/// <summary>
/// A network's trainable parameters, moved into one contiguous buffer, and their gradients in another. Each parameter becomes a view of
/// its part, so the network trains as before, bit for bit, while an optimiser step, an average, a clip or a finite check is one pass.
/// Parameters of different types or devices get a pair of buffers each; frozen parameters stay where they are; tied ones count once.
/// </summary>
public sealed class FlatParameters : IDisposable
{
    // 64 bytes: a cache line and the widest vector register, so that no parameter starts in the middle of either.
    private const int AlignmentBytes = 64;

    /// <summary>Float32 values between the starts that a parameter can have.</summary>
    internal const int Alignment = AlignmentBytes / sizeof(float);

    private readonly (string Name, Tensor Parameter, ScalarType Type)[] parameters;
    private readonly FlatGroup[] groups;
    private readonly (string Name, int Group, long Start, long Length)[] layout;

    /// <summary>Moves the parameters that require gradient. Freeze, convert and move the network before, not after.</summary>
    /// <param name="module">The network; its parameters keep their values.</param>
    public FlatParameters(Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var seen = new HashSet<IntPtr>();
        parameters = [.. module.named_parameters()
            .Where(named => named.parameter.requires_grad && seen.Add(named.parameter.Handle))
            .Select(named => (named.name, (Tensor)named.parameter, named.parameter.dtype))];
        var kinds = parameters.GroupBy(entry => (entry.Type, Device: entry.Parameter.device.ToString())).Select(kind => kind.ToArray()).ToArray();
        layout = [.. kinds.SelectMany(Place)];
        groups = [.. kinds.Select((kind, index) => Flatten([.. kind.Select(entry => entry.Parameter)], [.. layout.Where(place => place.Group == index)]))];
    }

    /// <summary>The buffers, one pair for each combination of type and device; none where every parameter is frozen.</summary>
    public IReadOnlyList<FlatGroup> Groups => groups;

    /// <summary>Where each parameter lies: the index of its pair of buffers, its first value there, and its length with the padding behind it.</summary>
    internal IReadOnlyList<(string Name, int Group, long Start, long Length)> Layout => layout;

    /// <summary>Number of trainable values, padding excluded.</summary>
    public long Count => parameters.Sum(entry => entry.Parameter.numel());

    /// <summary>Holds the network fixed or lets it learn: whether a backward pass computes gradients for its parameters.</summary>
    /// <param name="required">False while the other network learns.</param>
    public void RequireGradients(bool required)
    {
        foreach (var (_, parameter, _) in parameters)
            parameter.requires_grad_(required);
    }

    /// <summary>Whether no gradient is NaN or infinite, by one reduction of each buffer and one read where all is well: what a guard asks between the backward pass and the step.</summary>
    public bool GradientsAreFinite()
    {
        using var frozen = no_grad();
        // Asked in every step: no scope and no conversion, since on the CPU the smallest networks' steps take a millisecond.
        bool AreFinite(Func<Tensor, Tensor> reduce)
        {
            var total = 0.0;
            foreach (var group in groups)
            {
                using var reduced = reduce(group.Gradients);
                total += reduced.ToDouble();
            }
            return double.IsFinite(total);
        }
        // A finite sum has only finite terms. One that isn't may have overflowed; the largest absolute value can't, but costs fifty times as much.
        return AreFinite(gradients => gradients.sum()) || AreFinite(gradients => gradients.norm(float.PositiveInfinity));
    }

    /// <summary>Scales all gradients down so that their joint Euclidean norm is at most <paramref name="maximum"/>. The device isn't waited for.</summary>
    internal void ClipGradientNorm(double maximum)
    {
        if (groups.Length == 0)
            return;
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var device = groups[0].Gradients.device;
        var norm = stack(groups.Select(group => group.Gradients.norm().to(ScalarType.Float64, device))).norm();
        var scale = (maximum / (norm + 1e-6)).clamp_max(1);
        foreach (var group in groups)
            group.Gradients.mul_(scale.to(group.Gradients.dtype, group.Gradients.device));
    }

    /// <summary>
    /// Throws where something outside has detached a parameter or its gradient from the buffers. The gradients must be zero, as they are
    /// after an optimiser's step: a mark is written into the buffer and looked for in each parameter's gradient, then cleared.
    /// </summary>
    /// <exception cref="InvalidOperationException">For instance <c>zero_grad()</c> or <c>to(dtype)</c> was called on the network.</exception>
    public void ThrowIfDetached()
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, parameter, type) in parameters)
            if (parameter.dtype != type)
                throw new InvalidOperationException($"Parameter '{name}' was {type} when the trainer was made and is {parameter.dtype} now. Convert a network before making the trainer.");
        foreach (var group in groups)
            group.Gradients.fill_(1);
        var gradients = parameters.Select(entry => entry.Parameter.grad).ToArray();
        var marks = gradients.Select(gradient => gradient is { IsInvalid: false } known ? known.flatten()[0].to(ScalarType.Float32).cpu() : zeros([])).ToArray();
        var lost = marks.Length == 0 ? -1 : Array.FindIndex(stack(marks).data<float>().ToArray(), mark => mark != 1);
        foreach (var group in groups)
            group.Gradients.zero_();
        if (lost >= 0)
            throw new InvalidOperationException($"Parameter '{parameters[lost].Name}' lost its gradient buffer. Don't call zero_grad() on a network that a trainer trains; the trainer does.");
    }

    /// <summary>Releases the buffers; the network keeps its parameters.</summary>
    public void Dispose()
    {
        foreach (var group in groups)
            group.Dispose();
    }

    private static IEnumerable<(string Name, int Group, long Start, long Length)> Place((string Name, Tensor Parameter, ScalarType Type)[] kind, int group)
    {
        var alignment = AlignmentBytes / (int)kind[0].Parameter.ElementSize;
        long start = 0;
        foreach (var (name, parameter, _) in kind)
        {
            var length = (parameter.numel() + alignment - 1) / alignment * alignment;
            yield return (name, group, start, length);
            start += length;
        }
    }

    private static FlatGroup Flatten(Tensor[] parameters, (string Name, int Group, long Start, long Length)[] places)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var (type, device, total) = (parameters[0].dtype, parameters[0].device, places.Sum(place => place.Length));
        var values = zeros(total, type, device);
        var gradients = zeros(total, type, device);
        foreach (var (parameter, place) in parameters.Zip(places))
        {
            Tensor View(Tensor buffer) => buffer.narrow(0, place.Start, parameter.numel()).view(parameter.shape);
            var view = View(values);
            view.copy_(parameter);
            parameter.set_(view);
            parameter.grad = View(gradients);
        }
        return new FlatGroup(values.DetachFromDisposeScope(), gradients.DetachFromDisposeScope());
    }
}
