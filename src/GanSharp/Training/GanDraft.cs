using GanSharp.Diagnostics.Health;
using GanSharp.Diagnostics.Monitoring;
using GanSharp.Diagnostics.Reports;
using GanSharp.Training.Runs;
using GanSharp.Training.Telemetry;

namespace GanSharp.Training;

/// <summary>A GAN's report in the making.</summary>
internal sealed class GanDraft : ReportDraft<StepReport>
{
    private readonly GanTrainer trainer;
    private readonly StepMeans means;
    private (DiagnosticReport Report, TrainingHealth Health)? look;
    private DiagnosticFailure? failure;

    public GanDraft(GanTrainer trainer, StepStatistics statistics)
    {
        this.trainer = trainer;
        means = statistics.Read();
    }

    public override string? NotFinite => means.IsFinite ? null : FormattableString.Invariant(
        $"discriminator loss {means.DiscriminatorLoss}, penalty {means.DiscriminatorPenalty}, generator loss {means.GeneratorLoss}, penalty {means.GeneratorPenalty}");

    /// <summary>Takes the diagnostics of the generator that the caller gets: the average where one is kept.</summary>
    public override void Look(bool isLast, CancellationToken cancellation)
    {
        try
        {
            look = trainer.State.Monitor!.Look(trainer.Step, trainer.SamplesSeen, isLast, trainer.ApplyAverage, cancellation);
            failure = look?.Report.AuditFailure;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return;
        }
        // Where the training data can't be read, the next step couldn't be taken either.
        catch (Exception exception) when (!DiagnosticLook.IsOfTrainingData(exception, trainer.Data))
        {
            failure = DiagnosticFailure.Of("the diagnostics", exception, "Fix what the message names");
        }
        if (failure is not null)
            trainer.State.Warnings.MeasurementFailed($"{failure}");
    }

    public override StepReport Finish(ReportFrame frame) => new()
    {
        StartStep = frame.StartStep,
        Step = frame.Step,
        LastStep = frame.LastStep,
        DiscriminatorLoss = means.DiscriminatorLoss,
        GeneratorLoss = means.GeneratorLoss,
        Penalty = means.DiscriminatorPenalty,
        GeneratorPenalty = means.GeneratorPenalty,
        Terms = means.Terms,
        Value = double.IsNaN(means.Value) ? null : means.Value,
        Diagnostics = look?.Report,
        DiagnosticsFailure = failure,
        Health = look?.Health,
        Metrics = frame.Metrics,
        MetricFailures = frame.MetricFailures,
        Warnings = frame.Warnings,
        SamplesPerSecond = frame.SamplesPerSecond,
        Elapsed = frame.Elapsed,
    };

    public override void Tell(RunEvents events, double samplesPerSecond) =>
        events.Game(means.DiscriminatorLoss, means.GeneratorLoss, means.DiscriminatorPenalty, look?.Report.JensenShannon?.Value, samplesPerSecond);
}
