using System.Numerics;
using System.Runtime.CompilerServices;
using GanSharp.Optimization.Flat;
using static TorchSharp.torch;

namespace GanSharp.Optimization;

/// <summary>Adam (Kingma and Ba 2015, algorithm 1), with AMSGrad where asked.</summary>
internal sealed class Adam(FlatParameters parameters, AdamOptions options)
    : Optimizer(parameters, options, options.AmsGrad ? ["mean", "square", "largest"] : ["mean", "square"])
{
    private double beta1, beta2;
    // Products of the β so far: with constant β they are β^t, and with a schedule they stay the exact bias correction.
    private double beta1Product = 1, beta2Product = 1;

    public override double[] Scalars
    {
        get => [beta1Product, beta2Product];
        set => (beta1Product, beta2Product) = (value[0], value[1]);
    }

    private double SquareCorrection => 1 / Math.Sqrt(1 - beta2Product);

    protected override void Prepare(long step)
    {
        (beta1, beta2) = (options.Beta1.At(step), options.Beta2.At(step));
        beta1Product *= beta1;
        beta2Product *= beta2;
    }

    protected override double Move(FlatSlice slice, FlatGradients gradients, GradientRule gradientRule, double rate)
    {
        var rule = new Rule(beta1, beta2, SquareCorrection, options.Epsilon, rate / (1 - beta1Product));
        return options.AmsGrad
            ? FlatPass.Run(slice, gradients, gradientRule, new LargestRule(rule))
            : FlatPass.Run(slice, gradients, gradientRule, rule);
    }

    protected override void Move(Tensor values, Tensor gradient, Tensor[] slots, double rate)
    {
        var (mean, square) = (slots[0], slots[1]);
        mean.mul_(beta1).add_(gradient, alpha: 1 - beta1);
        square.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
        if (options.AmsGrad)
            square = slots[2].copy_(maximum(slots[2], square));
        values.addcdiv_(mean, square.sqrt().mul_(SquareCorrection).add_(options.Epsilon), -rate / (1 - beta1Product));
    }

    private readonly struct Rule(double beta1, double beta2, double squareCorrection, double epsilon, double stepSize) : IUpdateRule
    {
        private readonly Vector<float> keptMean = new((float)beta1), newMean = new((float)(1 - beta1));
        private readonly Vector<float> keptSquare = new((float)beta2), newSquare = new((float)(1 - beta2));
        private readonly Vector<float> correction = new((float)squareCorrection), epsilon = new((float)epsilon), stepSize = new((float)stepSize);

        public static int Slots => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> value, Vector<float> gradient, ref float mean, ref float square, ref float third)
        {
            var (averaged, spread) = (AverageMean(ref mean, gradient), AverageSquare(ref square, gradient));
            return Descend(value, averaged, spread);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> AverageMean(ref float mean, Vector<float> gradient) => Average(ref mean, keptMean, gradient * newMean);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> AverageSquare(ref float square, Vector<float> gradient) => Average(ref square, keptSquare, gradient * gradient * newSquare);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Descend(Vector<float> value, Vector<float> mean, Vector<float> square) =>
            value - stepSize * mean / Vector.MultiplyAddEstimate(Vector.SquareRoot(square), correction, epsilon);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector<float> Average(ref float average, Vector<float> kept, Vector<float> next)
        {
            var moved = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref average), kept, next);
            moved.StoreUnsafe(ref average);
            return moved;
        }
    }

    private readonly struct LargestRule(Rule rule) : IUpdateRule
    {
        public static int Slots => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> value, Vector<float> gradient, ref float mean, ref float square, ref float largest)
        {
            var newMean = rule.AverageMean(ref mean, gradient);
            var newLargest = Vector.Max(Vector.LoadUnsafe(ref largest), rule.AverageSquare(ref square, gradient));
            newLargest.StoreUnsafe(ref largest);
            return rule.Descend(value, newMean, newLargest);
        }
    }
}
