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
    private readonly (string Name, Tensor Parameter, ScalarType Type)[] parameters;
    private readonly FlatGroup[] groups;

    /// <summary>Moves the parameters that require gradient. Freeze, convert and move the network before, not after.</summary>
    /// <param name="module">The network; its parameters keep their values.</param>
    public FlatParameters(Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var seen = new HashSet<IntPtr>();
        parameters = [.. module.named_parameters()
            .Where(named => named.parameter.requires_grad && seen.Add(named.parameter.Handle))
            .Select(named => (named.name, (Tensor)named.parameter, named.parameter.dtype))];
        groups = [.. parameters
            .GroupBy(entry => (entry.Type, Device: entry.Parameter.device.ToString()))
            .Select(group => Flatten([.. group.Select(entry => entry.Parameter)]))];
    }

    /// <summary>The buffers, one pair for each combination of type and device; none where every parameter is frozen.</summary>
    public IReadOnlyList<FlatGroup> Groups => groups;

    /// <summary>Number of trainable values, padding excluded.</summary>
    public long Count => parameters.Sum(entry => entry.Parameter.numel());

    /// <summary>Holds the network fixed or lets it learn: whether a backward pass computes gradients for its parameters.</summary>
    /// <param name="required">False while the other network learns.</param>
    public void RequireGradients(bool required)
    {
        foreach (var (_, parameter, _) in parameters)
            parameter.requires_grad_(required);
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

    private static FlatGroup Flatten(Tensor[] parameters)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var alignment = AlignmentBytes / (int)parameters[0].ElementSize;
        var offsets = new long[parameters.Length];
        long total = 0;
        for (var index = 0; index < parameters.Length; index++)
        {
            offsets[index] = total;
            total += (parameters[index].numel() + alignment - 1) / alignment * alignment;
        }
        var (type, device) = (parameters[0].dtype, parameters[0].device);
        var values = zeros(total, type, device);
        var gradients = zeros(total, type, device);
        for (var index = 0; index < parameters.Length; index++)
        {
            var parameter = parameters[index];
            Tensor View(Tensor buffer) => buffer.narrow(0, offsets[index], parameter.numel()).view(parameter.shape);
            var view = View(values);
            view.copy_(parameter);
            parameter.set_(view);
            parameter.grad = View(gradients);
        }
        return new FlatGroup(values.DetachFromDisposeScope(), gradients.DetachFromDisposeScope());
    }
}
