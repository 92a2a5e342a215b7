using System.Numerics;
using System.Runtime.CompilerServices;
using GanSharp.Optimization.Flat;
using static TorchSharp.torch;

namespace GanSharp.Optimization;

/// <summary>Stochastic gradient descent, with momentum where asked.</summary>
internal sealed class Sgd(FlatParameters parameters, SgdOptions options)
    : Optimizer(parameters, options, options.HasMomentum ? ["momentum"] : [])
{
    private double momentumKept;

    protected override void Prepare(long step) => momentumKept = options.Momentum.At(step);

    protected override double Move(FlatSlice slice, FlatGradients gradients, GradientRule gradientRule, double rate)
    {
        return options.HasMomentum
            ? FlatPass.Run(slice, gradients, gradientRule, new MomentumRule(rate, momentumKept, options.Nesterov))
            : FlatPass.Run(slice, gradients, gradientRule, new PlainRule(rate));
    }

    protected override void Move(Tensor values, Tensor gradient, Tensor[] slots, double rate)
    {
        if (options.HasMomentum)
        {
            var momentum = slots[0].mul_(momentumKept).add_(gradient);
            gradient = options.Nesterov ? gradient.add_(momentum, alpha: momentumKept) : momentum;
        }
        values.add_(gradient, alpha: -rate);
    }

    private readonly struct PlainRule(double rate) : IUpdateRule
    {
        private readonly Vector<float> negativeRate = new(-(float)rate);

        public static int Slots => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> value, Vector<float> gradient, ref float first, ref float second, ref float third) =>
            Vector.MultiplyAddEstimate(gradient, negativeRate, value);
    }

    private readonly struct MomentumRule(double rate, double kept, bool nesterov) : IUpdateRule
    {
        private readonly Vector<float> negativeRate = new(-(float)rate), kept = new((float)kept);

        public static int Slots => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> value, Vector<float> gradient, ref float momentum, ref float second, ref float third)
        {
            var moved = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref momentum), kept, gradient);
            moved.StoreUnsafe(ref momentum);
            var direction = nesterov ? Vector.MultiplyAddEstimate(moved, kept, gradient) : moved;
            return Vector.MultiplyAddEstimate(direction, negativeRate, value);
        }
    }
}
