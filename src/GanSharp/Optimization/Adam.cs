using static TorchSharp.torch;

namespace GanSharp.Optimization;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) on flat buffers: a handful of operators for a whole network, gradients zeroed behind it.
/// </summary>
internal sealed class Adam : Optimizer
{
    private readonly FlatParameters parameters;
    private readonly AdamOptions options;
    private readonly (Tensor Mean, Tensor Square)[] moments;
    // Products of the β so far: with constant β they are β^t, and with a schedule they stay the exact bias correction.
    private double beta1Product = 1, beta2Product = 1;

    public Adam(FlatParameters parameters, AdamOptions options)
    {
        this.parameters = parameters;
        this.options = options;
        moments = [.. parameters.Groups.Select(group =>
            (zeros_like(group.Values).DetachFromDisposeScope(), zeros_like(group.Values).DetachFromDisposeScope()))];
    }

    public override IReadOnlyList<(string Name, Tensor Value)> State =>
        [.. moments.SelectMany((moment, group) => new[] { ($"mean.{group}", moment.Mean), ($"square.{group}", moment.Square) })];

    public override double[] Scalars
    {
        get => [beta1Product, beta2Product];
        set => (beta1Product, beta2Product) = (value[0], value[1]);
    }

    public override void Step(long step)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var (beta1, beta2) = (options.Beta1.At(step), options.Beta2.At(step));
        beta1Product *= beta1;
        beta2Product *= beta2;
        var stepSize = RateFactor * options.LearningRate.At(step) / (1 - beta1Product);
        var squareCorrection = 1 / Math.Sqrt(1 - beta2Product);
        foreach (var ((values, gradients), (mean, square)) in parameters.Groups.Zip(moments))
        {
            mean.mul_(beta1).add_(gradients, alpha: 1 - beta1);
            square.mul_(beta2).addcmul_(gradients, gradients, 1 - beta2);
            values.addcdiv_(mean, square.sqrt().mul_(squareCorrection).add_(options.Epsilon), -stepSize);
            gradients.zero_();
        }
    }

    public override void Dispose()
    {
        foreach (var (mean, square) in moments)
        {
            mean.Dispose();
            square.Dispose();
        }
    }
}
