using GanSharp.Optimization.Flat;
using static TorchSharp.torch;

namespace GanSharp.Optimization;

/// <summary>Steps by a rule that the user wrote.</summary>
internal sealed class CustomOptimizer(FlatParameters parameters, CustomOptimizerOptions options) : Optimizer(parameters, options, [.. options.Slots])
{
    private readonly Func<FlatSlice, FlatGradients, GradientRule, double, long, double>? vectorPass = options.VectorPass;
    private long step;

    protected override bool HasVectorRule => vectorPass is not null;

    protected override void Prepare(long step) => this.step = step;

    protected override double Move(FlatSlice slice, FlatGradients gradients, GradientRule gradientRule, double rate) => vectorPass!(slice, gradients, gradientRule, rate, step);

    protected override void Move(Tensor values, Tensor gradient, Tensor[] slots, double rate) => options.Update(new OptimizerStep(values, gradient, slots, rate, step));
}
