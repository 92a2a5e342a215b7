using GanSharp.Data;
using GanSharp.Metrics;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics;

/// <summary>The samples of one look, drawn once, and what is read from them.</summary>
internal sealed class DiagnosticLook
{
    private const int LargestPositionSize = 8, LargestSubsample = 2_000;
    private readonly GeneratorNetwork generator;
    private readonly DiscriminatorNetwork discriminator;
    private readonly Dataset data;
    private readonly GanObjective objective;
    private readonly DiagnosticOptions options;
    private readonly long seed, step;
    private readonly int count;
    private readonly Batch real;
    private readonly Tensor fake, realLogits, fakeLogits;

    public DiagnosticLook(
        GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, GanObjective objective, DiagnosticOptions options, long seed, long step)
    {
        (this.generator, this.discriminator, this.data, this.objective, this.options) = (generator, discriminator, data, objective, options);
        (this.seed, this.step) = (seed, step);
        var source = data.HeldOut ?? data;
        count = (int)Math.Min(options.Samples, source.Count ?? options.Samples);
        count -= count % discriminator.SamplesPerLogit;
        real = source.Read(seed, step * count, count);
        using var random = SeededRandom.Create(seed, "diagnostic latents", step, generator.Device());
        fake = generator.Sample(count, real.Labels?.to(generator.Device()), random);
        (realLogits, fakeLogits) = (discriminator.Logits(real.Samples, real.Labels), discriminator.Logits(fake, real.Labels));
    }

    public DiagnosticReport Take(long samplesSeen)
    {
        var report = new DiagnosticReport
        {
            Step = step,
            SampleCount = count,
            Refusal = Refusal(),
            GeneratorGradientWeight = GradientWeight(),
            Diversity = Diversity(),
            Modes = data is GaussianMixture { HasEqualRoundModes: true } mixture ? ModeCoverage.Measure(fake, mixture) : null,
            Position = Position(),
        };
        return report.Refusal is null ? ReadRatio(report, samplesSeen) : report;
    }

    /// <summary>The same report with the bound of a discriminator trained for nothing else; without it where the audit is cancelled.</summary>
    public DiagnosticReport Audited(DiagnosticReport report, Func<DiscriminatorNetwork> makeAuditor, CancellationToken cancellationToken)
    {
        AuditReport audit;
        try
        {
            audit = Auditor.Audit(generator, data, makeAuditor, options.Audit, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return report;
        }
        var gap = report.Refusal is null && report.TrueJensenShannon is null
            ? OptimalityGap.Measure(audit, discriminator, objective, generator, data)
            : report.OptimalityGap;
        return report with { Audited = audit.Bound, OptimalityGap = gap };
    }

    private string? Refusal()
    {
        if (objective.RatioRefusal is { } reason)
            return reason;
        if (discriminator.SamplesPerLogit > 1)
            return $"D judges {discriminator.SamplesPerLogit} samples a logit, so its divergence is that of such groups and larger than that of samples";
        if (data.HeldOut is null)
            return $"'{data.Name}' has no held-out data, and on the samples that it has learnt D overstates the divergence";
        var needed = objective.Ratio == RatioKind.UpToConstant ? 2 * DiagnosticOptions.FewestSamples : DiagnosticOptions.FewestSamples;
        return count < needed ? $"an interval needs {needed} held-out samples but '{data.Name}' has {count}" : null;
    }

    private DiagnosticReport ReadRatio(DiagnosticReport report, long samplesSeen)
    {
        // An unknown constant is fitted on one half and everything read on the other, so that the bound stays a lower bound.
        var isExact = objective.Ratio == RatioKind.Exact;
        var first = isExact ? 0 : count / 2;
        var calibration = isExact ? default : LogitCalibration.Fit(realLogits.narrow(0, 0, first), fakeLogits.narrow(0, 0, first));
        Tensor Ratios(Tensor logits) => isExact ? objective.LogDensityRatio(logits)! : calibration.Apply(logits);
        Tensor Read(Tensor logits) => Ratios(logits.narrow(0, first, logits.shape[0] - first));
        var (realRatios, fakeRatios) = (Read(realLogits), Read(fakeLogits));
        var bound = JensenShannon.Bound(realRatios, fakeRatios);
        var truth = TrueJensenShannon();
        return report with
        {
            JensenShannon = bound,
            Consistency = RatioConsistency.Measure(realRatios, fakeRatios),
            Calibration = Calibration.Measure(realRatios, fakeRatios),
            MemorizationGap = MemorizationGap(Ratios, realRatios, samplesSeen),
            MedianFakeProbability = fakeRatios.to(ScalarType.Float64).sigmoid().median().item<double>(),
            TrueJensenShannon = truth,
            OptimalityGap = truth is { } known ? OptimalityGap.Known(known, bound) : null,
        };
    }

    /// <summary>½ (E_learnt ln D − E_heldout ln D): both bounds share the generated samples, whose terms cancel.</summary>
    private Estimate? MemorizationGap(Func<Tensor, Tensor> ratios, Tensor heldOutRatios, long samplesSeen)
    {
        if (data.Count is not { } total || samplesSeen == 0)
            return null;
        var learnt = (int)Math.Min(Math.Min(count, LargestSubsample), Math.Min(samplesSeen, total));
        var batch = data.Read(seed, samplesSeen - learnt, learnt);
        var learntRatios = ratios(discriminator.Logits(batch.Samples, batch.Labels));
        return new WeightedMeans(0, (0.5, ValueFunction.LogProbability(learntRatios)), (-0.5, ValueFunction.LogProbability(heldOutRatios))).Normal();
    }

    private double? TrueJensenShannon()
    {
        if (data is not IDensity known || options.GeneratorDensity is not { } generatorDensity)
            return null;
        var density = generatorDensity();
        using var owned = density as IDisposable;
        return JensenShannon.Quadrature(known, density);
    }

    private double GradientWeight()
    {
        var logits = fakeLogits.detach().requires_grad_(true);
        var loss = objective.GeneratorLoss(logits, objective.GeneratorNeedsReal ? realLogits : null);
        // Null where the objective gives G nothing to learn from.
        return SafeGradient.Of(loss, logits)?.abs().mean().to(ScalarType.Float64).item<double>() ?? 0;
    }

    private SampleDiversity Diversity()
    {
        var compared = Math.Min(count, options.DiversitySamples);
        return SampleDiversity.Measure(real.Samples.narrow(0, 0, compared), fake.narrow(0, 0, compared));
    }

    private double[] Position()
    {
        Tensor Flat(Tensor samples) => samples.narrow(0, 0, Math.Min(count, LargestSubsample)).flatten(1).cpu();
        var (realFlat, fakeFlat) = (Flat(real.Samples), Flat(fake));
        var size = realFlat.shape[1];
        // The same directions at every look, so that positions can be compared.
        using var random = SeededRandom.Create(seed, "diagnostic directions");
        var directions = randn([size, Math.Min(size, LargestPositionSize)], ScalarType.Float32, generator: random);
        var (realAlong, fakeAlong) = (realFlat.matmul(directions), fakeFlat.matmul(directions));
        return ((fakeAlong.mean([0]) - realAlong.mean([0])) / realAlong.std(0).clamp_min(1e-12)).to(ScalarType.Float64).data<double>().ToArray();
    }
}
