using System.Numerics;
using System.Runtime.CompilerServices;
using GanSharp.Optimization.Flat;
using static TorchSharp.torch;

namespace GanSharp.Optimization;

/// <summary>RMSprop (Tieleman and Hinton 2012), with momentum where asked.</summary>
internal sealed class RmsProp(FlatParameters parameters, RmsPropOptions options)
    : Optimizer(parameters, options, IsPlain(options) ? ["square"] : ["square", "momentum"])
{
    private double decay;

    protected override void Prepare(long step) => decay = options.Decay.At(step);

    protected override double Move(FlatSlice slice, FlatGradients gradients, GradientRule gradientRule, double rate)
    {
        var rule = new Rule(decay, options.Epsilon, rate);
        return IsPlain(options)
            ? FlatPass.Run(slice, gradients, gradientRule, rule)
            : FlatPass.Run(slice, gradients, gradientRule, new MomentumRule(rule, options.Momentum));
    }

    protected override void Move(Tensor values, Tensor gradient, Tensor[] slots, double rate)
    {
        var square = slots[0].mul_(decay).addcmul_(gradient, gradient, 1 - decay);
        if (IsPlain(options))
        {
            values.addcdiv_(gradient, square.sqrt().add_(options.Epsilon), -rate);
            return;
        }
        var momentum = slots[1];
        momentum.mul_(options.Momentum).addcdiv_(gradient, square.sqrt().add_(options.Epsilon), 1);
        values.add_(momentum, alpha: -rate);
    }

    private static bool IsPlain(RmsPropOptions options) => options.Momentum == 0;

    private readonly struct Rule(double decay, double epsilon, double rate) : IUpdateRule
    {
        private readonly Vector<float> kept = new((float)decay), taken = new((float)(1 - decay)), epsilon = new((float)epsilon), rate = new((float)rate);

        public static int Slots => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> value, Vector<float> gradient, ref float square, ref float second, ref float third) =>
            Descend(value, Scale(gradient, Average(ref square, gradient * gradient)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Average(ref float average, Vector<float> next)
        {
            var moved = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref average), kept, next * taken);
            moved.StoreUnsafe(ref average);
            return moved;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Scale(Vector<float> gradient, Vector<float> square) => gradient / (Vector.SquareRoot(square) + epsilon);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Descend(Vector<float> value, Vector<float> direction) => value - rate * direction;
    }

    private readonly struct MomentumRule(Rule rule, double keptMomentum) : IUpdateRule
    {
        private readonly Vector<float> keptMomentum = new((float)keptMomentum);

        public static int Slots => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> value, Vector<float> gradient, ref float square, ref float momentum, ref float third)
        {
            var moved = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref momentum), keptMomentum, rule.Scale(gradient, rule.Average(ref square, gradient * gradient)));
            moved.StoreUnsafe(ref momentum);
            return rule.Descend(value, moved);
        }
    }
}
