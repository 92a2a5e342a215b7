using GanSharp.Data;
using GanSharp.Diagnostics.Monitoring;
using GanSharp.Diagnostics.Reports;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Randomness;
using GanSharp.Training.Runs;
using GanSharp.Training.Telemetry;
using static TorchSharp.torch;

namespace GanSharp.Training.Autoencoders;

/// <summary>A VAE's report in the making.</summary>
internal sealed class AutoencoderDraft(AutoencoderTrainer trainer, BoundMeans means) : ReportDraft<AutoencoderReport>
{
    private const int BatchSize = 256;
    private Estimate? heldOut;
    private DiagnosticFailure? failure;

    public override string? NotFinite => !means.HasUpdates || double.IsFinite(means.Loss) ? null : FormattableString.Invariant($"loss {means.Loss} = KL {means.KullbackLeibler} less reconstruction {means.Reconstruction}");

    /// <summary>The bound on held-out data.</summary>
    public override void Look(bool isLast, CancellationToken cancellation)
    {
        if (trainer.Data.HeldOut is not { } data || trainer.Options.HeldOutSamples == 0)
            return;
        try
        {
            heldOut = Bound(data, Math.Min(trainer.Options.HeldOutSamples, data.Count ?? long.MaxValue), cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        // Where the training data can't be read, the next step couldn't be taken either.
        catch (Exception exception) when (!DiagnosticLook.IsOfTrainingData(exception, trainer.Data))
        {
            failure = DiagnosticFailure.Of("the bound on held-out data", exception, "Fix what the message names");
            trainer.State.Warnings.MeasurementFailed($"{failure}");
        }
    }

    public override AutoencoderReport Finish(ReportFrame frame) => new()
    {
        StartStep = frame.StartStep,
        Step = frame.Step,
        LastStep = frame.LastStep,
        Loss = means.Loss,
        Reconstruction = means.Reconstruction,
        KullbackLeibler = means.KullbackLeibler,
        Terms = new Dictionary<string, double> { ["reconstruction"] = -means.Reconstruction, ["KL"] = means.KullbackLeibler },
        HeldOutBound = heldOut,
        HeldOutFailure = failure,
        Metrics = frame.Metrics,
        MetricFailures = frame.MetricFailures,
        Warnings = frame.Warnings,
        SamplesPerSecond = frame.SamplesPerSecond,
        Elapsed = frame.Elapsed,
    };

    public override void Tell(RunEvents events, double samplesPerSecond) => events.Bound(means.Reconstruction - means.KullbackLeibler, means.Reconstruction, means.KullbackLeibler, samplesPerSecond);

    private Estimate Bound(Dataset data, long count, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        // Of the decoder in training, which belongs to the encoder and the σ that are measured with it; an average doesn't.
        // The same z at every report, so that reports compare.
        var device = trainer.State.LatentRandom.device;
        using var random = SeededRandom.Create(trainer.Options.Seed, "held-out bound", device: device);
        var bounds = new List<Tensor>();
        for (long position = 0; position < count; position += BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            using var piece = NewDisposeScope();
            var (samples, labels) = data.Read(trainer.Options.Seed, position, (int)Math.Min(BatchSize, count - position));
            bounds.Add(trainer.Autoencoder.Evaluating(() => trainer.Autoencoder.Bound(samples.to(device), labels?.to(device), random).Value).to(ScalarType.Float64).cpu().MoveToOuterDisposeScope());
        }
        return new WeightedMeans(0, (1, cat(bounds))).Normal();
    }
}
