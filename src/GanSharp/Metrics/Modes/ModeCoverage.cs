using System.Globalization;
using GanSharp.Data.Distributions;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Modes;

/// <summary>How many modes of a mixture a generator hits, and how evenly, by the protocol of VEEGAN and PacGAN (Srivastava et al. 2017; Lin et al. 2018).</summary>
/// <param name="ModesHit">Modes with at least one sample within three standard deviations.</param>
/// <param name="ModeCount">Modes of the mixture.</param>
/// <param name="HighQualityFraction">Share of the samples within three standard deviations of their nearest mode, from 0 to 1. A perfect generator in the plane has 0.9889.</param>
/// <param name="ReverseKullbackLeibler">KL(p̂‖uniform) in nats, p̂ the shares of the high-quality samples over the modes; a perfect generator has about (modes − 1) / 2n.</param>
public readonly record struct ModeCoverage(int ModesHit, int ModeCount, double HighQualityFraction, double ReverseKullbackLeibler)
{
    private const double Radius = 3;

    /// <summary>Counts the samples of each mode.</summary>
    /// <param name="samples">Generated samples, shape [N, dimension].</param>
    /// <param name="mixture">Data of equally likely, round modes.</param>
    /// <returns>The counts over all N samples; the reverse KL is +∞ where no sample is near a mode.</returns>
    /// <exception cref="ArgumentException"><paramref name="samples"/> don't have shape [N, dimension of the mixture], or the modes aren't round and equally likely.</exception>
    public static ModeCoverage Measure(Tensor samples, GaussianMixture mixture)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(mixture);
        if (samples.dim() != 2 || samples.shape[1] != mixture.Dimension || samples.shape[0] == 0)
            throw new ArgumentException($"samples must have shape [N, {mixture.Dimension}] but have shape {Shape.Format(samples.shape)}.", nameof(samples));
        if (!mixture.HasEqualRoundModes)
            throw new ArgumentException("mixture must have equally likely, round modes, because samples are counted within a radius of each and compared with equal shares.", nameof(mixture));
        using var scope = NewDisposeScope();
        var modes = mixture.Components.Count;
        var centers = stack(mixture.Components.Select(component => tensor(component.Mean.ToArray())));
        var deviations = tensor(mixture.Components.Select(component => Math.Sqrt(component.Covariance(0, 0))).ToArray());
        var distances = cdist(samples.to(ScalarType.Float64).to(CPU), centers);
        var (nearest, mode) = (distances / deviations).min(1);
        var counts = mode.masked_select(nearest <= Radius).bincount(null, minlength: modes).data<long>().ToArray();
        var highQuality = counts.Sum();
        var divergence = counts.Where(count => count > 0)
            .Sum(count => (double)count / highQuality * Math.Log((double)count / highQuality * modes));
        return new ModeCoverage(counts.Count(count => count > 0), modes, (double)highQuality / samples.shape[0],
            highQuality == 0 ? double.PositiveInfinity : divergence);
    }

    /// <summary>"8 of 8 modes, 97.1% high quality, reverse KL 0.0042".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{ModesHit} of {ModeCount} modes, {100 * HighQualityFraction:0.0}% high quality, reverse KL {ReverseKullbackLeibler:0.0000}");
}
