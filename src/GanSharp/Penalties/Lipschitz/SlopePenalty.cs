using GanSharp.Schedules;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Penalties.Lipschitz;

/// <summary>What the penalties of D's slope ‖∇ₓ l(x)‖ share: they judge points of their own, without the run's augmentation and with the classes of the real samples, by double backward.</summary>
public abstract class SlopePenalty : DiscriminatorPenalty
{
    private protected SlopePenalty(Schedule weight, int everySteps) => (Weight, EverySteps) = (PenaltyRule.Weight(weight), PenaltyRule.EverySteps(everySteps));

    /// <summary>The weight λ.</summary>
    public Schedule Weight { get; }

    /// <inheritdoc/>
    public sealed override int EverySteps { get; }

    /// <summary>‖∇ₓ l(x)‖² per logit at some points.</summary>
    private protected Tensor SquaredSlopes(DiscriminatorPass pass, Tensor points)
    {
        points = points.detach().requires_grad_(true);
        var logits = pass.Discriminator.call(points, pass.Real.Labels).Logits;
        return SquaredNorms(InputGradient(logits, points), logits);
    }

    /// <summary>‖∇ₓ l(x)‖ per logit; where it is 0, so is its derivative.</summary>
    private protected Tensor Slopes(DiscriminatorPass pass, Tensor points) => SafeNorm.OfSquares(SquaredSlopes(pass, points));

    /// <summary>ε x + (1 − ε) G(z), with one ε for each pair of what a logit judges: samples, or packs of them. ε is uniform on [0, 1].</summary>
    private protected static Tensor Between(DiscriminatorPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var (real, fake) = (pass.Real.Samples.detach(), pass.Fake.Samples.detach());
        return fake + UniformPerLogit(pass, real) * (real - fake);
    }

    /// <summary>One value for all samples that a logit judges together, to be multiplied with samples.</summary>
    private protected static Tensor UniformPerLogit(DiscriminatorPass pass, Tensor samples)
    {
        var packing = pass.Discriminator.SamplesPerLogit;
        var values = Uniform(pass, samples, [samples.shape[0] / packing, .. samples.shape.Skip(1).Select(_ => 1L)]);
        return packing == 1 ? values : values.repeat_interleave(packing, 0);
    }

    private protected static Tensor Uniform(DiscriminatorPass pass, Tensor like, long[] shape) => rand(shape, like.dtype, like.device, generator: pass.Random);
}
