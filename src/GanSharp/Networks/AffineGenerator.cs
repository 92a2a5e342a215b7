using GanSharp.Data.Distributions;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace GanSharp.Networks;

/// <summary>
/// G(z) = mean + standardDeviation · z with z standard normal: the only generator here whose p_g is known in closed form,
/// so that the true divergence can be compared with its estimate while both parameters train.
/// </summary>
public sealed class AffineGenerator : GeneratorNetwork
{
    private readonly Parameter mean, scale;

    /// <summary>A generator of one-dimensional samples that starts as N(mean, standardDeviation²).</summary>
    /// <param name="mean">Initial mean.</param>
    /// <param name="standardDeviation">Initial standard deviation, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="standardDeviation"/> isn't finite and above 0.</exception>
    public AffineGenerator(double mean, double standardDeviation)
        : base(nameof(AffineGenerator), LatentPrior.Normal(1))
    {
        if (!(standardDeviation > 0 && double.IsFinite(standardDeviation)))
            throw new ArgumentOutOfRangeException(nameof(standardDeviation), standardDeviation, "standardDeviation must be finite and above 0.");
        using var scope = NewDisposeScope();
        this.mean = new Parameter(tensor((float)mean).reshape(1));
        scale = new Parameter(tensor((float)standardDeviation).reshape(1));
        this.mean.DetachFromDisposeScope();
        scale.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor latents, Tensor? labels) => mean + scale * latents;

    /// <inheritdoc/>
    public override GeneratorNetwork CloneArchitecture() => new AffineGenerator(mean: 0, standardDeviation: 1);

    /// <summary>p_g as it is now.</summary>
    /// <returns>A normal distribution as a data set of its own, which the caller disposes. Later steps don't change it.</returns>
    public GaussianMixture Density()
    {
        // z is symmetric, so a negative scale gives the same density as its magnitude.
        return Mixtures.Normal(mean.item<float>(), Math.Max(Math.Abs((double)scale.item<float>()), 1e-6));
    }
}
