using GanSharp.Data;
using GanSharp.Diagnostics.Calibration;
using GanSharp.Divergences;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Objectives;
using GanSharp.Players;
using GanSharp.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Auditing;

/// <summary>
/// Judges a generator with a separate discriminator. The D that trains against G is regularized and moves along with G; an auditor is created fresh,
/// trained as a classifier of real against generated samples while G is held fixed (eq. 20 alone), stopped early and calibrated on held-out data,
/// and evaluated on other held-out data. The result is a lower bound of JSD(p_d‖p_g) for any auditor, and close to it for a capable one.
/// </summary>
public static class Auditor
{
    /// <summary>Trains an auditor against G and computes its bound.</summary>
    /// <param name="generator">
    /// G, whether it belongs to a trainer or not. It is only sampled, in evaluation mode: neither its parameters nor its buffers change, and its mode is restored.
    /// Call within <c>trainer.UseAverage()</c> to audit the average.
    /// </param>
    /// <param name="data">p_d; its <see cref="Dataset.HeldOut"/> part must have at least 200 samples, or be endless.</param>
    /// <param name="makeAuditor">
    /// Creates a new network that returns one logit per sample; the audit disposes it. Torch's global random generator (on the CPU) is seeded from
    /// <see cref="AuditOptions.Seed"/> while the audit runs and restored afterwards, so the weights that the factory draws are reproducible,
    /// and the caller's random stream continues as if nothing had been drawn.
    /// </param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Stops the audit.</param>
    /// <returns>The bound and its details. The same arguments give the same numbers on the same machine.</returns>
    /// <exception cref="ArgumentException">An option is invalid (the message lists every invalid one), or the factory doesn't return a new network.</exception>
    /// <exception cref="NetworkException">The auditor can't judge the samples, or isn't float32.</exception>
    /// <exception cref="DiagnosticRefusedException">The held-out data is missing or too small, the auditor judges samples in groups, or its bound can't be computed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static AuditReport Audit(
        GeneratorNetwork generator, Dataset data, Func<DiscriminatorNetwork> makeAuditor, AuditOptions? options = null, CancellationToken cancellationToken = default) =>
        AuditAsked(generator, data, makeAuditor, options, LabelSampler.OfData, cancellationToken);

    /// <summary>The same of a generator whose classes, where the data has none, are those of a sampler.</summary>
    internal static AuditReport AuditAsked(
        GeneratorNetwork generator, Dataset data, Func<DiscriminatorNetwork> makeAuditor, AuditOptions? options, LabelSampler labels, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(makeAuditor);
        options ??= new AuditOptions();
        options.ThrowIfInvalid();
        var split = new HeldOutSplit(data, generator, options, labels);
        using var scope = NewDisposeScope();
        using var fork = GlobalRandom.Fork(options.Seed, "auditor");
        using var auditor = AuditorCheck.Make(makeAuditor, generator);
        AuditorCheck.ThrowIfUntrainable(auditor);
        auditor.to(generator.Device());
        var auditorSha256 = NetworkFingerprint.Compute(auditor);

        var calibrating = split.Calibration();
        AuditorCheck.ThrowIfUnfit(auditor, calibrating.Real.narrow(0, 0, 2), calibrating.Labels?.narrow(0, 0, 2));
        var training = new TrainingSplit(generator, data, options, labels);
        var (stepsTaken, stepKept) = Fit(auditor, training, calibrating, options, cancellationToken);
        var (realCalibration, fakeCalibration) = calibrating.Logits(auditor);
        var calibration = PlattScaling.Fit(realCalibration, fakeCalibration);
        (Tensor Real, Tensor Fake) LogRatios(ComparedSamples samples)
        {
            var (real, fake) = samples.Logits(auditor);
            return (calibration.Apply(real), calibration.Apply(fake));
        }
        var reading = split.Reading();
        var (real, fake) = LogRatios(reading);
        var seen = training.Seen(stepsTaken, split.Half);
        var (seenReal, seenFake) = LogRatios(seen);
        var bound = JensenShannon.Bound(real, fake, arePairs: reading.ArePairs);
        if (!double.IsFinite(bound.Value))
            throw new DiagnosticRefusedException($"The auditor {auditor.GetType().Name} gives logits that are NaN or infinite, so it bounds nothing. Lower AuditOptions.LearningRate, or look for NaN in the generator's samples.");
        // Clipping costs a perfect D about e^−b and the interval's range term is some 10 b / n: the sum is least near b = ln(n / 10).
        var logitLimit = Math.Max(1, Math.Log(split.Half / 10.0));
        return new AuditReport
        {
            Bound = bound,
            TrainingBound = JensenShannon.Bound(seenReal, seenFake, arePairs: seen.ArePairs),
            LowerConfidenceBound = JensenShannon.Bound(real, fake, interval: IntervalMethod.EmpiricalBernstein, logitLimit: logitLimit).Lower,
            Calibration = calibration,
            StepsTaken = stepsTaken,
            StepKept = stepKept,
            TrainingSamples = Math.Min(data.Count ?? long.MaxValue, (long)stepsTaken * options.BatchSize),
            CalibrationSamples = split.Half,
            ReadingSamples = split.Half,
            RealLogRatios = real.cpu().data<double>().ToArray(),
            FakeLogRatios = fake.cpu().data<double>().ToArray(),
            AuditorClass = auditor.GetType().Name,
            AuditorSha256 = auditorSha256,
            GeneratorSha256 = NetworkFingerprint.Compute(generator),
            Options = options,
        };
    }

    /// <summary>Trains until the result on the calibration split stops improving, and restores the auditor's best weights.</summary>
    private static (int Taken, int Kept) Fit(
        DiscriminatorNetwork auditor, TrainingSplit training, ComparedSamples calibrating, AuditOptions options, CancellationToken cancellationToken)
    {
        using var player = LoneLearner.Create(auditor, options.LearningRate, options.MaximumSteps);
        using var best = new NetworkSnapshot(auditor);
        var (bestValue, kept, looksSinceBest, step) = (Value(auditor, calibrating), 0, 0, 0);
        auditor.train();
        while (step < options.MaximumSteps && looksSinceBest < options.Patience)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Step(auditor, training, player, step);
            step++;
            if (step % options.EvaluationInterval != 0 && step != options.MaximumSteps)
                continue;
            var value = Value(auditor, calibrating);
            looksSinceBest++;
            if (!(value > bestValue))
                continue;
            (bestValue, kept, looksSinceBest) = (value, step, 0);
            best.Update();
        }
        best.Restore();
        return (step, kept);
    }

    private static void Step(DiscriminatorNetwork auditor, TrainingSplit training, Player player, int step)
    {
        using var scope = NewDisposeScope();
        var batch = training.Draw(step);
        player.Descend(GanObjective.Minimax.DiscriminatorLoss(auditor.call(batch.Real, batch.Labels).Logits, auditor.call(batch.Fake, batch.Labels).Logits).mean());
    }

    /// <summary>V(D) after calibration. An overconfident auditor may still rank samples best, and calibration corrects its confidence.</summary>
    private static double Value(DiscriminatorNetwork auditor, ComparedSamples samples)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = samples.Logits(auditor);
        var calibration = PlattScaling.Fit(real, fake);
        return ValueFunction.Of(calibration.Apply(real), calibration.Apply(fake));
    }
}
