using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Training.Checks;

/// <summary>Checks what an objective or a penalty returned: the trainer would take the mean of anything, so a mistake would otherwise go unnoticed.</summary>
internal static class LossCheck
{
    /// <param name="name">Class and method that returned it.</param>
    /// <param name="what">"losses" or "penalties", for messages.</param>
    /// <param name="values">The returned values.</param>
    /// <param name="counts">The allowed lengths.</param>
    /// <exception cref="ArgumentException">It is null, disposed, or has another type or shape.</exception>
    public static void ThrowIfUnfit(string name, string what, Tensor? values, IReadOnlyList<int> counts)
    {
        if (values is null || values.IsInvalid)
            throw new ArgumentException($"{name} must return {what} but returned {(values is null ? "null" : "a tensor that has been disposed: call MoveToOuterDisposeScope() on what leaves a DisposeScope")}.");
        if (!values.is_floating_point())
            throw new ArgumentException($"{name} must return float32 {what} but returned {values.dtype}.");
        if (values.dim() == 1 && counts.Any(count => values.size(0) == count))
            return;
        var hint = values.dim() == 0 ? " The trainer takes the mean; a term that isn't of single samples is returned as value.expand(N)."
            : values.dim() == 2 && values.size(0) == values.size(1) ? " A tensor of shape [N, 1] that met one of shape [N] was broadcast: squeeze(1) it before."
            : values.dim() == 2 && values.size(1) == 1 ? " Add squeeze(1)." : "";
        throw new ArgumentException($"{name} must return one value a sample, shape {string.Join(" or ", counts.Distinct().Select(count => Shape.Format([count])))}, but returned shape {Shape.Format(values.shape)}.{hint}");
    }
}
