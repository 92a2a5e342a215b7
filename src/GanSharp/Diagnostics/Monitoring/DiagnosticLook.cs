using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Diagnostics.Auditing;
using GanSharp.Diagnostics.Calibration;
using GanSharp.Diagnostics.Reports;
using GanSharp.Divergences;
using GanSharp.Estimates;
using GanSharp.Metrics.Modes;
using GanSharp.Networks;
using GanSharp.Networks.Latents;
using GanSharp.Objectives;
using GanSharp.Randomness;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Monitoring;

/// <summary>The samples of one diagnostic report, drawn once, and the measurements on them.</summary>
internal sealed class DiagnosticLook
{
    private const int LargestSubsample = 2_000, GradientSamples = 256, FewestForCoverage = 40;
    private readonly GeneratorNetwork generator;
    private readonly DiscriminatorNetwork discriminator;
    private readonly Dataset data;
    private readonly GanObjective objective;
    private readonly DiagnosticOptions options;
    private readonly LabelSampler labels;
    private readonly long seed, step;
    private readonly bool isOfAverage;
    private readonly int count;
    private readonly Batch real;
    private readonly DiscriminatorOutput realOutput;
    private readonly DividedWork work;
    private readonly double? gradientWeight;
    private Tensor fake = null!;
    private DiscriminatorOutput fakeOutput = null!;
    private Tensor? learnedLogits;

    /// <summary>Draws the real samples. To measure the average of G, all else is called while the average is in the generator.</summary>
    public DiagnosticLook(
        GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, GanObjective objective, DiagnosticOptions options, LabelSampler labels, long seed, long step, bool isOfAverage, DividedWork work)
    {
        this.work = work;
        (this.generator, this.discriminator, this.data, this.objective, this.options) = (generator, discriminator, data, objective, options);
        (this.labels, this.seed, this.step, this.isOfAverage) = (labels, seed, step, isOfAverage);
        var source = data.HeldOut ?? data;
        count = (int)Math.Min(options.Samples, source.Count ?? options.Samples);
        count -= count % discriminator.SamplesPerLogit;
        real = source.Read(seed, FirstSample(source.Count), count);
        realOutput = Judge(real, count);
        // The gradient is that of G in training.
        if (isOfAverage)
            gradientWeight = work.ByFirst(() => GradientWeight(Math.Min(count, Math.Max(1, GradientSamples / discriminator.SamplesPerLogit) * discriminator.SamplesPerLogit)), ReportJson.Default.ToldDouble);
    }

    /// <summary>The passes of both networks, of which each of several processes takes a part.</summary>
    public void PassNetworks(long samplesSeen)
    {
        (fake, fakeOutput) = work.Samples(count, discriminator.SamplesPerLogit, (start, length) => Generate(count, start, length));
        if (Refusal() is null && data.Count is { } total && samplesSeen > 0)
        {
            var learned = (int)Math.Min(Math.Min(count, LargestSubsample), Math.Min(samplesSeen, total));
            learnedLogits = Judge(data.Read(seed, LearnedFrom(samplesSeen, learned, total), learned), learned).Logits;
        }
    }

    /// <summary>What the passes say.</summary>
    public DiagnosticReport Take()
    {
        var report = new DiagnosticReport
        {
            Step = step,
            SampleCount = count,
            Refusal = Refusal(),
            IsOfAverage = isOfAverage,
            GeneratorGradientWeight = gradientWeight ?? GradientWeight(fakeOutput, realOutput),
            Diversity = Diversity(),
            Coverage = count >= FewestForCoverage ? Coverage.Measure(real.Samples, fake, seed) : null,
            Modes = data is GaussianMixture { HasEqualRoundModes: true } mixture ? ModeCoverage.Measure(fake, mixture) : null,
            Position = SamplePosition.Measure(real.Samples.narrow(0, 0, Math.Min(count, LargestSubsample)), fake.narrow(0, 0, Math.Min(count, LargestSubsample)), seed),
        };
        return report.Refusal is null ? ReadRatio(report) : report;
    }

    /// <summary>The same report with the bound of an auditor; without it where the audit is canceled or fails.</summary>
    public DiagnosticReport Audited(DiagnosticReport report, Func<DiscriminatorNetwork> makeAuditor, CancellationToken cancellationToken)
    {
        try
        {
            var audit = Auditor.AuditAsked(generator, data, makeAuditor, options.Audit, labels, cancellationToken);
            var gap = report.Refusal is null && report.TrueJensenShannon is null
                ? OptimalityGap.Measure(audit, discriminator, objective, generator, data, labels)
                : report.OptimalityGap;
            return report with { Audited = audit.Bound, OptimalityGap = gap };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return report;
        }
        catch (Exception exception) when (!IsOfTrainingData(exception, data))
        {
            return report with { AuditFailure = DiagnosticFailure.Of("the audit", exception, "Fix DiagnosticOptions.Auditor or Audit") };
        }
    }

    /// <summary>Whether the data that D trains on can't be read, so that training can't continue either.</summary>
    public static bool IsOfTrainingData(Exception exception, Dataset data) => exception is InvalidDatasetException { Unreadable: { } unreadable } && unreadable == data;

    /// <summary>Whether G was asked for the labels of the real samples in the same places.</summary>
    private bool SharesLabels => Asked(count).AreShared;

    /// <summary>Where the newest samples that D has learned begin, all of one epoch, so that none is counted twice: of this epoch, or of the one before where this one has too few yet.</summary>
    internal static long LearnedFrom(long samplesSeen, int learned, long total)
    {
        var inEpoch = samplesSeen % total;
        return inEpoch >= learned ? samplesSeen - learned : samplesSeen - inEpoch - learned;
    }

    private string? Refusal()
    {
        if (objective.RatioRefusal is { } reason)
            return reason;
        if (discriminator.SamplesPerLogit > 1)
            return $"D judges {discriminator.SamplesPerLogit} samples per logit, so its divergence is that of such groups and larger than that of samples";
        if (data.HeldOut is null)
            return $"'{data.Name}' has no held-out data, and on the samples that it has learned D overstates the divergence";
        var needed = objective.Ratio == RatioKind.UpToConstant ? 2 * DiagnosticOptions.FewestSamples : DiagnosticOptions.FewestSamples;
        return count < needed ? $"an interval needs {needed} held-out samples but '{data.Name}' has {count}" : null;
    }

    private DiagnosticReport ReadRatio(DiagnosticReport report)
    {
        // An unknown constant is fitted on one half and everything is measured on the other, so that the bound stays a lower bound.
        var isExact = objective.Ratio == RatioKind.Exact;
        var first = isExact ? 0 : count / 2;
        var calibration = isExact ? default : PlattScaling.Fit(realOutput.Logits.narrow(0, 0, first), fakeOutput.Logits.narrow(0, 0, first));
        Tensor Ratios(Tensor logits) => isExact ? objective.LogDensityRatio(logits)! : calibration.Apply(logits);
        Tensor Read(Tensor logits) => Ratios(logits.narrow(0, first, logits.shape[0] - first));
        var (realRatios, fakeRatios) = (Read(realOutput.Logits), Read(fakeOutput.Logits));
        var bound = JensenShannon.Bound(realRatios, fakeRatios, arePairs: SharesLabels);
        var truth = TrueJensenShannon();
        return report with
        {
            JensenShannon = bound,
            Classes = Classes(realRatios, fakeRatios, first),
            Consistency = RatioConsistency.Measure(realRatios, fakeRatios),
            Calibration = CalibrationReport.Measure(realRatios, fakeRatios),
            MemorizationGap = MemorizationGap(Ratios, realRatios),
            MedianFakeProbability = fakeRatios.to(ScalarType.Float64).sigmoid().median().item<double>(),
            TrueJensenShannon = truth,
            OptimalityGap = truth is { } known ? OptimalityGap.Known(known, bound) : null,
        };
    }

    /// <summary>The bound of each class. G was asked for the labels of the real samples, so that both sides of a class have the same places; none where it has other classes.</summary>
    private IReadOnlyList<ClassDivergence> Classes(Tensor realRatios, Tensor fakeRatios, int first)
    {
        if (!SharesLabels || real.Labels is not { } all)
            return [];
        var shared = all.narrow(0, first, realRatios.shape[0]).to(realRatios.device);
        var counts = shared.bincount(null, 0).cpu().data<long>().ToArray();
        return
        [
            .. from entry in counts.Index()
               where entry.Item >= DiagnosticOptions.FewestSamples
               let places = shared.eq(entry.Index)
               select new ClassDivergence(entry.Index, entry.Item, JensenShannon.Bound(realRatios.masked_select(places), fakeRatios.masked_select(places))),
        ];
    }

    /// <summary>½ (E_learned ln D − E_heldout ln D): both bounds share the generated samples, whose terms cancel.</summary>
    private Estimate? MemorizationGap(Func<Tensor, Tensor> ratios, Tensor heldOutRatios) => learnedLogits is null ? null
        : new WeightedMeans(0, (0.5, ValueFunction.LogProbability(ratios(learnedLogits))), (-0.5, ValueFunction.LogProbability(heldOutRatios))).Normal();

    private double? TrueJensenShannon()
    {
        if (data is not IDensity known || options.GeneratorDensity is not { } generatorDensity)
            return null;
        var density = generatorDensity();
        using var owned = density as IDisposable;
        return JensenShannon.Quadrature(known, density);
    }

    private double GradientWeight(int samples) => GradientWeight(
        Generate(samples, 0, samples).Output, realOutput.Narrow(0, samples, discriminator.SamplesPerLogit));

    private double GradientWeight(DiscriminatorOutput generated, DiscriminatorOutput realOnes)
    {
        var logits = generated.Logits.detach().requires_grad_(true);
        var samples = (int)logits.shape[0] * discriminator.SamplesPerLogit;
        using var context = new ObjectiveContext(
            objective.GeneratorNeedsReal ? realOnes : null, generated with { Logits = logits }, () => SeededRandom.Create(seed, "objective of a look", step, logits.device))
        {
            // The data's are where the data is, which may be another device.
            RealLabels = real.Labels?.narrow(0, 0, samples).to(logits.device),
            FakeLabels = Asked(samples).Labels?.to(logits.device),
            Step = step,
        };
        var loss = objective.GeneratorLoss(context);
        // The sum over samples of each term; none where G learns from what else D returns.
        var gradients = loss.Select(term => SafeGradient.Of(term.Value, logits)).OfType<Tensor>().ToArray();
        return gradients.Length == 0 ? double.NaN : gradients.Aggregate((sum, gradient) => sum + gradient).abs().mean().to(ScalarType.Float64).item<double>();
    }

    private DiscriminatorOutput Judge(Batch batch, int samples) => work.Outputs(
        samples, discriminator.SamplesPerLogit, (start, length) => discriminator.Judge(batch.Samples.narrow(0, start, length), batch.Labels?.narrow(0, start, length)));

    /// <summary>A part of as many generated samples, and D's output for it.</summary>
    private (Tensor Samples, DiscriminatorOutput Output) Generate(int samples, int start, int length)
    {
        using var random = SeededRandom.Create(seed, "diagnostic latents", step, generator.Device());
        var asked = Asked(samples).Labels?.narrow(0, start, length);
        // Latents of all, so that each part gets its own.
        var made = generator.Sample(generator.Prior.Sample(samples, random, generator.Device()).narrow(0, start, length), asked);
        return (made, discriminator.Judge(made, asked));
    }

    /// <summary>The classes of as many generated samples, the same at each call.</summary>
    private (Tensor? Labels, bool AreShared) Asked(int samples)
    {
        using var random = SeededRandom.Create(seed, "diagnostic labels", step, generator.Device());
        return AskedLabels.Of(generator, labels, real.Labels?.narrow(0, 0, samples), samples, random);
    }

    /// <summary>Where this report's real samples begin: within one epoch of finite data, so that no sample occurs twice, since intervals would count it as two.</summary>
    private long FirstSample(long? total)
    {
        if (total is not { } size)
            return step * count;
        var (epoch, part) = Math.DivRem(step, Math.Max(1, size / count));
        return epoch * size + part * count;
    }

    private SampleDiversity Diversity()
    {
        var compared = Math.Min(count, options.DiversitySamples);
        return SampleDiversity.Measure(real.Samples.narrow(0, 0, compared), fake.narrow(0, 0, compared));
    }
}
