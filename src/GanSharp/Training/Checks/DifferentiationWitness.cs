using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace GanSharp.Training.Checks;

/// <summary>
/// The identity, which counts backward passes through it: a penalty that calls <c>autograd.grad</c> without having requested the gradient would end
/// the process in the first step; in a trial, where the gradient is available, this shows the mistake.
/// </summary>
internal sealed class DifferentiationWitness : autograd.SingleTensorFunction<DifferentiationWitness>
{
    private const string Key = "passes";

    // Only tensors can be passed as arguments.
    [ThreadStatic]
    private static StrongBox<int>? counter;

    public override string Name => nameof(DifferentiationWitness);

    /// <summary>The same values, with one more node in the graph.</summary>
    /// <param name="samples">The samples to watch.</param>
    /// <param name="passes">Counts the backward passes through it.</param>
    public static Tensor Watch(Tensor samples, StrongBox<int> passes)
    {
        counter = passes;
        return apply(samples);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_data(Key, counter!);
        return ((Tensor)vars[0]).alias();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        // Nothing here may throw: an exception would end the process.
        if (ctx.get_data(Key) is StrongBox<int> passes)
            Interlocked.Increment(ref passes.Value);
        return [grad_output.alias()];
    }
}
