using static TorchSharp.torch;

namespace GanSharp.Tensors;

/// <summary>
/// <c>autograd.grad</c> with its preconditions checked first: TorchSharp 0.107.0 doesn't catch libtorch's exceptions in that call, which ends the process.
/// </summary>
internal static class SafeGradient
{
    /// <summary>The gradient of the sum of some values with respect to a tensor; the graph is kept.</summary>
    /// <param name="values">Any shape.</param>
    /// <param name="input">The tensor to differentiate with respect to.</param>
    /// <param name="createGraph">Whether the gradient can be differentiated again.</param>
    /// <returns>Null where the values don't depend on the input, or the input requires no gradient.</returns>
    public static Tensor? Of(Tensor values, Tensor input, bool createGraph = false)
    {
        if (!values.requires_grad || !input.requires_grad)
            return null;
        // allow_unused: an input that isn't in the graph gives a tensor without a handle instead of ending the process.
        var gradient = autograd.grad([values.sum()], [input], retain_graph: true, create_graph: createGraph, allow_unused: true)[0];
        return gradient.IsInvalid ? null : gradient;
    }
}
