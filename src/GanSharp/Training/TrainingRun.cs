using System.Collections;
using System.Collections.ObjectModel;
using GanSharp.Diagnostics.Health;
using GanSharp.Diagnostics.Monitoring;
using GanSharp.Diagnostics.Reports;
using GanSharp.Metrics;
using GanSharp.Optimization;
using GanSharp.Runtime;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.Guards;
using GanSharp.Training.Telemetry;
using GanSharp.Training.Turns;

namespace GanSharp.Training;

/// <summary>A run of training as a sequence of reports: enumerate it to train, stop enumerating to stop.</summary>
public sealed class TrainingRun : IEnumerable<StepReport>
{
    /// <summary>Steps between reports where none are given: diagnostics on 10,000 held-out samples then cost less than 5% of the training.</summary>
    public const long DefaultInterval = 2_000;

    private readonly GanTrainer trainer;
    private readonly long count;
    private readonly bool isLastStep;
    private readonly CancellationToken cancellationToken;
    private long interval = 1, lastStep, firstStep = -1;
    private bool measures;
    private (string Folder, CheckpointOptions Options)? checkpoints;

    /// <param name="trainer">Who trains.</param>
    /// <param name="count">Steps to take, or the step at which to end.</param>
    /// <param name="isLastStep">Which of the two it is.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    internal TrainingRun(GanTrainer trainer, long count, bool isLastStep, CancellationToken cancellationToken) =>
        (this.trainer, this.count, this.isLastStep, this.cancellationToken) = (trainer, count, isLastStep, cancellationToken);

    /// <summary>Generator steps that one enumeration takes.</summary>
    public long Steps => !isLastStep ? count : Math.Max(0, count - (Volatile.Read(ref firstStep) is >= 0 and var first ? first : trainer.Step));

    /// <summary>The trainer's step now. It may be read from another thread, for a progress display.</summary>
    public long CurrentStep => trainer.Step;

    /// <summary>The step at which the enumeration in progress ends; before the first one, at which it would.</summary>
    public long LastStep => Volatile.Read(ref lastStep) is > 0 and var last ? last : trainer.Step + Steps;

    /// <summary>
    /// The same run with one report every <paramref name="steps"/> steps and one at its end, each with the diagnostics. Where it is canceled between two,
    /// it ends without one: what the next would have summed up stays with the trainer and its checkpoint, so that the reports after a resume are those of a run that went on.
    /// </summary>
    /// <param name="steps">Steps between reports, at least 1. Default <see cref="DefaultInterval"/>.</param>
    public TrainingRun Every(long steps = DefaultInterval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var run = (TrainingRun)MemberwiseClone();
        (run.interval, run.measures) = (steps, true);
        return run;
    }

    /// <summary>
    /// The same run with checkpoints, from which <see cref="GanTrainer.Resume"/> continues it. The training thread makes a copy in memory and goes on;
    /// another writes it. One more is made where the enumeration ends, by itself, by <c>break</c>, by cancellation or by an exception of the caller's.
    /// </summary>
    /// <param name="folder">A folder of its own for this run; made where it isn't there, and locked while the run is enumerated.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is invalid; the message lists every fault.</exception>
    /// <exception cref="NotSupportedException">An optimizer is one of torch's, whose state can't be saved (<see cref="TorchOptimizerOptions"/>).</exception>
    public TrainingRun WithCheckpoints(string folder, CheckpointOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (trainer.Options.KeepsStateOutOfReach is { } optimizer)
            throw new NotSupportedException($"A run with checkpoints can't have {optimizer} of torch: TorchSharp shows nothing of its state, so that a resumed run would be another run. Use one of GanSharp's optimizers, or write it as a CustomOptimizerOptions.");
        options ??= new CheckpointOptions();
        options.ThrowIfInvalid([.. trainer.Options.Metrics.Select(scheduled => scheduled.Metric.Name)]);
        var run = (TrainingRun)MemberwiseClone();
        run.checkpoints = (folder, options);
        return run;
    }

    /// <summary>Trains while it is enumerated.</summary>
    /// <exception cref="TrainingDivergedException">A loss, a gradient or a weight is NaN or infinite, or weights exploded.</exception>
    /// <exception cref="CheckpointException">The folder for checkpoints is another run's or can't be written, or a checkpoint can't.</exception>
    /// <exception cref="TrainingFailedException">Memory ran out, or the data can't be read.</exception>
    /// <exception cref="InvalidOperationException">The trainer is already training, or the average is still in its generator (<see cref="GanTrainer.UseAverage"/>).</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public IEnumerator<StepReport> GetEnumerator() => Enumerate(cancellationToken);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>
    /// The same run for <c>await foreach</c>: it trains on a thread of its own while the caller awaits, with the same bits, and stands still between two reports, when the caller has the networks.
    /// A token of <c>WithCancellation</c> ends it as that of <see cref="GanTrainer.Train"/> does: after the step in progress, without an exception.
    /// </summary>
    /// <remarks>
    /// It is a method, because a type that is both <see cref="IEnumerable{T}"/> and <see cref="IAsyncEnumerable{T}"/> makes every LINQ operator on it ambiguous.
    /// The enumerator throws what <see cref="GetEnumerator"/> says.
    /// </remarks>
    public IAsyncEnumerable<StepReport> AsAsyncEnumerable() => new AsyncSequence<StepReport>("GanSharp training", Enumerate, cancellationToken);

    private IEnumerator<StepReport> Enumerate(CancellationToken cancellation)
    {
        using var reports = new ActiveRun<StepReport>(trainer.Gate, Reports(cancellation));
        while (MoveNext(reports))
            yield return reports.Current;
    }

    private bool MoveNext(ActiveRun<StepReport> reports)
    {
        try
        {
            return reports.MoveNext();
        }
        catch (Exception exception) when (TrainingFailedException.Explains(exception))
        {
            throw new TrainingFailedException(exception, trainer, checkpoints?.Folder);
        }
    }

    private IEnumerator<StepReport> Reports(CancellationToken cancellation)
    {
        if (!measures && checkpoints?.Options.KeepBest is { } best)
            throw new InvalidOperationException($"CheckpointOptions.KeepBest is '{best}', but this run measures nothing. Ask for reports with measurements: Every(…).");
        var first = trainer.Step;
        Volatile.Write(ref firstStep, first);
        var last = first + Steps;
        // Reports of a run that may be interrupted come at multiples of the interval, wherever it starts.
        var origin = isLastStep ? 0 : first;
        Volatile.Write(ref lastStep, last);
        var time = trainer.Options.TimeProvider;
        var start = time.GetTimestamp();
        var (stepAtReport, samplesAtReport) = (first, trainer.SamplesSeen);
        using var events = trainer.State.Events.Begin(trainer.State.RunId, () => trainer.Step, last);
        using var keeper = checkpoints is var (folder, options) ? new CheckpointKeeper(trainer.State, trainer.Describe(), folder, options, trainer.Guard.CheckWeights, trainer.RollBack.Remember) : null;
        while (trainer.Step < last && !cancellation.IsCancellationRequested)
        {
            var pulled = time.GetTimestamp();
            // The caller had the networks at the last report.
            var isDone = false;
            while (true)
            {
                isDone &= !trainer.Gate.LetWaitingIn();
                keeper?.StepBegins();
                isDone = trainer.Advance(isContinued: isDone);
                NativeNumbers.Release(trainer.Step);
                if (!isDone)
                    continue;
                if ((trainer.Step - origin) % interval == 0 || trainer.Step >= last)
                    break;
                keeper?.StepEnded();
                if (cancellation.IsCancellationRequested)
                {
                    events.Outcome = RunOutcome.Canceled;
                    yield break;
                }
                keeper?.SaveIfDue();
            }
            trainer.ThrowIfParametersMoved();
            var hasSteps = trainer.Statistics.HasSteps;
            var means = trainer.Statistics.Read();
            var training = time.GetElapsedTime(pulled);
            if (hasSteps && !means.IsFinite)
                throw new TrainingDivergedException(trainer.Step, FormattableString.Invariant($"discriminator loss {means.DiscriminatorLoss}, penalty {means.DiscriminatorPenalty}, generator loss {means.GeneratorLoss}, penalty {means.GeneratorPenalty}"));
            // Whatever a look or the caller does, the step is done.
            keeper?.StepEnded();
            var measured = measures ? trainer.State.Events.Measure(trainer.Step, () => Measure(isLast: trainer.Step == last, cancellation)) : Measurements.None;
            keeper?.Measured(measured.Metrics);
            var report = new StepReport
            {
                Step = trainer.Step,
                LastStep = last,
                DiscriminatorLoss = means.DiscriminatorLoss,
                GeneratorLoss = means.GeneratorLoss,
                Penalty = means.DiscriminatorPenalty,
                GeneratorPenalty = means.GeneratorPenalty,
                Terms = means.Terms,
                Value = double.IsNaN(means.Value) ? null : means.Value,
                Diagnostics = measured.Diagnostics,
                DiagnosticsFailure = measured.DiagnosticsFailure,
                Health = measured.Health,
                Metrics = measured.Metrics,
                MetricFailures = measured.MetricFailures,
                Warnings = [.. trainer.State.Warnings],
                SamplesPerSecond = (trainer.SamplesSeen - samplesAtReport) / training.TotalSeconds,
                Elapsed = time.GetElapsedTime(start),
            };
            events.Reported(trainer.Step - stepAtReport, trainer.SamplesSeen - samplesAtReport, means.DiscriminatorLoss, means.GeneratorLoss, means.DiscriminatorPenalty, report.JensenShannon?.Value, measured.Metrics, training);
            (stepAtReport, samplesAtReport) = (trainer.Step, trainer.SamplesSeen);
            trainer.State.Warnings.Clear();
            events.Outcome = RunOutcome.Left;
            yield return report;
            events.Outcome = RunOutcome.Failed;
            // After the caller has seen the report: a report may come twice, after a crash, but is never lost.
            keeper?.SaveIfDue();
        }
        events.Outcome = trainer.Step < last ? RunOutcome.Canceled : RunOutcome.Completed;
    }

    /// <summary>The diagnostics and the metrics that are due.</summary>
    private Measurements Measure(bool isLast, CancellationToken cancellation)
    {
        var (look, failure) = Look(isLast, cancellation);
        var (metrics, metricFailures) = trainer.State.Metrics.Measure(trainer.Step, isLast, trainer.ApplyAverage, cancellation);
        foreach (var metricFailure in metricFailures)
            trainer.State.Warnings.MeasurementFailed($"{metricFailure}");
        return new Measurements(look?.Report, look?.Health, failure, metrics, metricFailures);
    }

    /// <summary>Measures the generator that the caller gets: the average where one is kept. What fails is said in the report and doesn't end the run.</summary>
    private ((DiagnosticReport Report, TrainingHealth Health)? Look, DiagnosticFailure? Failure) Look(bool isLast, CancellationToken cancellation)
    {
        try
        {
            var look = trainer.State.Monitor.Look(
                trainer.Step, trainer.SamplesSeen, isLast, trainer.ApplyAverage, cancellation);
            return (look, Said(look?.Report.AuditFailure));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return default;
        }
        // Where the training data can't be read, the next step couldn't be taken either.
        catch (Exception exception) when (!DiagnosticLook.IsOfTrainingData(exception, trainer.Data))
        {
            return (null, Said(DiagnosticFailure.Of("the diagnostics", exception, "Fix what the message names")));
        }
    }

    private DiagnosticFailure? Said(DiagnosticFailure? failure)
    {
        if (failure is not null)
            trainer.State.Warnings.MeasurementFailed($"{failure}");
        return failure;
    }

    /// <summary>What a report measured.</summary>
    private sealed record Measurements(
        DiagnosticReport? Diagnostics, TrainingHealth? Health, DiagnosticFailure? DiagnosticsFailure, IReadOnlyDictionary<string, MetricReading> Metrics, IReadOnlyList<DiagnosticFailure> MetricFailures)
    {
        public static Measurements None { get; } = new(null, null, null, ReadOnlyDictionary<string, MetricReading>.Empty, []);
    }
}
