using GanSharp.Data;
using GanSharp.Diagnostics.Calibration;
using GanSharp.Divergences;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Objectives;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Auditing;

/// <summary>
/// How far D is from D*, in nats: JSD(p_d‖p_g) − B ≥ 0, where B is the lower bound that D achieves (eq. 14). It is half of what D could still gain in eq. 20.
/// </summary>
public static class OptimalityGap
{
    /// <summary>The gap to a known divergence.</summary>
    /// <param name="divergence">JSD(p_d‖p_g) in nats, such as <see cref="JensenShannon.Quadrature"/> gives.</param>
    /// <param name="bound">D's bound on samples that it was not trained on.</param>
    /// <returns>The divergence minus the bound in nats, with the bound's interval; sampling errors may make it negative.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="divergence"/> doesn't lie between 0 and ln 2.</exception>
    public static Estimate Known(double divergence, Estimate bound)
    {
        if (!(divergence is >= 0 and <= JensenShannon.Maximum + 1e-9))
            throw new ArgumentOutOfRangeException(nameof(divergence), divergence, "divergence must lie between 0 and ln 2.");
        return new Estimate(divergence - bound.Value, divergence - bound.Upper, divergence - bound.Lower, bound.SampleCount);
    }

    /// <summary>
    /// An auditor's bound minus D's on the same samples. The differences are taken sample by sample, so that common noise cancels and the interval
    /// is narrower than that of either bound. Since the auditor's bound is itself below the divergence, this is a lower bound of the gap.
    /// </summary>
    /// <param name="auditorReal">The auditor's ln p_d/p_g at real samples that neither network was trained on, shape [N], N ≥ 2.</param>
    /// <param name="auditorFake">The auditor's at fresh generated samples, shape [M], M ≥ 2.</param>
    /// <param name="discriminatorReal">D's ln p_d/p_g at the same real samples, shape [N].</param>
    /// <param name="discriminatorFake">D's at the same generated samples, shape [M].</param>
    /// <param name="arePairs">Whether real and generated samples in the same places share something, such as a label: see <see cref="JensenShannon.Bound(Tensor, Tensor, double, IntervalMethod, double, long, bool)"/>. Default false.</param>
    /// <returns>Nats. Below 0 where D beats the auditor.</returns>
    /// <exception cref="ArgumentException">The shapes don't match, or there are fewer than two samples per side.</exception>
    public static Estimate Paired(Tensor auditorReal, Tensor auditorFake, Tensor discriminatorReal, Tensor discriminatorFake, bool arePairs = false)
    {
        ThrowIfUnpaired(auditorReal, discriminatorReal, nameof(discriminatorReal));
        ThrowIfUnpaired(auditorFake, discriminatorFake, nameof(discriminatorFake));
        using var scope = NewDisposeScope();
        Tensor Difference(Tensor auditor, Tensor discriminator) =>
            ValueFunction.LogProbability(auditor.to(CPU)) - ValueFunction.LogProbability(discriminator.to(CPU));
        return WeightedMeans.OfTwo(0, 0.5, Difference(auditorReal, discriminatorReal), 0.5, Difference(-auditorFake, -discriminatorFake), arePairs).Normal();
    }

    /// <summary>The paired gap of D on the samples on which an audit's bound was computed, which are drawn again.</summary>
    /// <param name="audit">The audit of <paramref name="generator"/> on <paramref name="data"/>.</param>
    /// <param name="discriminator">D.</param>
    /// <param name="objective">The objective that D was trained with. Where its ratio is known only up to a constant, D is first calibrated on the audit's calibration split.</param>
    /// <param name="generator">G as it was audited.</param>
    /// <param name="data">The data of the audit.</param>
    /// <returns>A lower bound of the gap, in nats.</returns>
    /// <exception cref="DiagnosticRefusedException">The objective's logits provide no ratio, D judges groups of samples, or G has changed since the audit.</exception>
    public static Estimate Measure(AuditReport audit, DiscriminatorNetwork discriminator, GanObjective objective, GeneratorNetwork generator, Dataset data) =>
        Measure(audit, discriminator, objective, generator, data, LabelSampler.OfData);

    /// <summary>The same of a generator whose classes, where the data has none, are those of a sampler.</summary>
    internal static Estimate Measure(AuditReport audit, DiscriminatorNetwork discriminator, GanObjective objective, GeneratorNetwork generator, Dataset data, LabelSampler labels)
    {
        ArgumentNullException.ThrowIfNull(audit);
        ArgumentNullException.ThrowIfNull(discriminator);
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(data);
        if (objective.Ratio == RatioKind.None)
            throw new DiagnosticRefusedException($"{objective}'s logits are no density ratio, so D has no bound to compare. Read the audit alone.");
        if (discriminator.SamplesPerLogit != 1)
            throw new DiagnosticRefusedException($"{discriminator.GetType().Name} judges {discriminator.SamplesPerLogit} samples per logit, so it bounds the divergence of groups, which can't be compared with an audit.");
        if (NetworkFingerprint.Compute(generator) != audit.GeneratorSha256)
            throw new DiagnosticRefusedException("The generator has changed since it was audited, so its samples are others. Audit it again.");
        using var scope = NewDisposeScope();
        var split = new HeldOutSplit(data, generator, audit.Options, labels);
        var reading = split.Reading();
        var (real, fake) = reading.Logits(discriminator);
        if (objective.Ratio == RatioKind.UpToConstant)
        {
            var (calibrationReal, calibrationFake) = split.Calibration().Logits(discriminator);
            var calibration = PlattScaling.Fit(calibrationReal, calibrationFake);
            (real, fake) = (calibration.Apply(real), calibration.Apply(fake));
        }
        else
        {
            (real, fake) = (objective.LogDensityRatio(real)!, objective.LogDensityRatio(fake)!);
        }
        return Paired(tensor(audit.RealLogRatios.ToArray()), tensor(audit.FakeLogRatios.ToArray()), real, fake, reading.ArePairs);
    }

    private static void ThrowIfUnpaired(Tensor auditor, Tensor discriminator, string name)
    {
        ArgumentNullException.ThrowIfNull(auditor);
        ArgumentNullException.ThrowIfNull(discriminator, name);
        if (auditor.numel() < 2)
            throw new ArgumentException($"An interval needs at least 2 samples a side but got {auditor.numel()}.", name);
        if (auditor.dim() != 1 || !auditor.shape.SequenceEqual(discriminator.shape))
            throw new ArgumentException(
                $"{name} must have the shape [N] of the auditor's but the shapes are {Tensors.Shape.Format(discriminator.shape)} and {Tensors.Shape.Format(auditor.shape)}.", name);
    }
}
