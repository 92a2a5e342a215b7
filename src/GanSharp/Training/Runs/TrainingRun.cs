using System.Collections;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Runtime.ExceptionServices;
using GanSharp.Diagnostics.Reports;
using GanSharp.Metrics;
using GanSharp.Optimization;
using GanSharp.Runtime;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.Guards;
using GanSharp.Training.Telemetry;
using GanSharp.Training.Turns;

namespace GanSharp.Training.Runs;

/// <summary>A run of training, of any trainer: how far it is.</summary>
public abstract class TrainingRun
{
    /// <summary>Steps between reports where none are given: diagnostics on 10,000 held-out samples then cost less than 5% of the training.</summary>
    public const long DefaultInterval = 2_000;

    private protected TrainingRun()
    {
    }

    /// <summary>This process among those that train together, from 0; 0 where one trains.</summary>
    public abstract int Rank { get; }

    /// <summary>Steps that one enumeration takes.</summary>
    public abstract long Steps { get; }

    /// <summary>The trainer's step now. It may be read from another thread, for a progress display.</summary>
    public abstract long CurrentStep { get; }

    /// <summary>The step at which the enumeration in progress ends; before the first one, at which it would.</summary>
    public abstract long LastStep { get; }
}

/// <summary>A run of training as a sequence of reports: enumerate it to train, stop enumerating to stop.</summary>
/// <typeparam name="TReport">The trainer's kind of report.</typeparam>
public sealed class TrainingRun<TReport> : TrainingRun, IEnumerable<TReport>
    where TReport : TrainingReport
{
    private readonly Trainer<TReport> trainer;
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
    internal TrainingRun(Trainer<TReport> trainer, long count, bool isLastStep, CancellationToken cancellationToken) =>
        (this.trainer, this.count, this.isLastStep, this.cancellationToken) = (trainer, count, isLastStep, cancellationToken);

    /// <inheritdoc/>
    public override long Steps => isLastStep ? Math.Max(0, count - FirstStep) : Math.Min(count, long.MaxValue - FirstStep);

    /// <inheritdoc/>
    public override int Rank => trainer.Rank;

    /// <inheritdoc/>
    public override long CurrentStep => trainer.Step;

    /// <inheritdoc/>
    public override long LastStep => Volatile.Read(ref lastStep) is > 0 and var last ? last : trainer.Step + Steps;

    private long FirstStep => Volatile.Read(ref firstStep) is >= 0 and var first ? first : trainer.Step;

    /// <summary>
    /// The same run with one report every <paramref name="steps"/> steps and one at its end, each with the diagnostics. Where it is canceled between two,
    /// it ends without one: what the next would have summed up stays with the trainer and its checkpoint, so that the reports after a resume are those of a run that went on.
    /// </summary>
    /// <param name="steps">Steps between reports, at least 1. Default <see cref="TrainingRun.DefaultInterval"/>.</param>
    /// <returns>A new sequence; this one still reports every step.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="steps"/> is below 1.</exception>
    public TrainingRun<TReport> Every(long steps = DefaultInterval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var run = (TrainingRun<TReport>)MemberwiseClone();
        (run.interval, run.measures) = (steps, true);
        return run;
    }

    /// <summary>
    /// The same run with checkpoints, from which <see cref="Trainer{TReport}.Resume"/> continues it. The training thread makes a copy in memory and goes on;
    /// another writes it. One more is made where the enumeration ends, by itself, by <c>break</c>, by cancellation or by an exception of the caller's.
    /// </summary>
    /// <param name="folder">A folder of its own for this run; made where it isn't there, and locked while the run is enumerated.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <returns>A new sequence; this one still makes none.</returns>
    /// <exception cref="ArgumentException">An option is invalid; the message lists every fault.</exception>
    /// <exception cref="NotSupportedException">An optimizer is one of torch's, whose state can't be saved (<see cref="TorchOptimizerOptions"/>).</exception>
    public TrainingRun<TReport> WithCheckpoints(string folder, CheckpointOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (trainer.Settings.KeepsStateOutOfReach is { } optimizer)
            throw new NotSupportedException($"A run with checkpoints can't have {optimizer} of torch: TorchSharp shows nothing of its state, so that a resumed run would be another run. Use one of GanSharp's optimizers, or write it as a CustomOptimizerOptions.");
        options ??= new CheckpointOptions();
        options.ThrowIfInvalid([.. trainer.Settings.Metrics.Select(scheduled => scheduled.Metric.Name)]);
        var run = (TrainingRun<TReport>)MemberwiseClone();
        run.checkpoints = (folder, options);
        return run;
    }

    /// <summary>Trains while it is enumerated.</summary>
    /// <returns>An enumerator whose <c>MoveNext</c> takes the steps up to the next report. Disposing it, as <c>foreach</c> does, ends the run.</returns>
    /// <exception cref="TrainingDivergedException">A loss, a gradient or a weight is NaN or infinite, or weights exploded.</exception>
    /// <exception cref="CheckpointException">The folder for checkpoints is another run's or can't be written, or a checkpoint can't.</exception>
    /// <exception cref="TrainingFailedException">Memory ran out, or the data can't be read.</exception>
    /// <exception cref="InvalidOperationException">
    /// The trainer is already training, the average is still in its generator (<see cref="Trainer{TReport}.UseAverage"/>), or the best checkpoint by a metric is to be kept
    /// (<see cref="CheckpointOptions.KeepBest"/>) in a run without <see cref="Every"/>, which measures nothing.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public IEnumerator<TReport> GetEnumerator() => Enumerate(cancellationToken);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>
    /// The same run for <c>await foreach</c>: it trains on a thread of its own while the caller awaits, with the same bits, and stands still between two reports, when the caller has the networks.
    /// A token of <c>WithCancellation</c> ends it as that of <see cref="Trainer{TReport}.Train"/> does: after the step in progress, without an exception.
    /// </summary>
    /// <returns>A sequence of the same reports.</returns>
    /// <remarks>
    /// It is a method, because a type that is both <see cref="IEnumerable{T}"/> and <see cref="IAsyncEnumerable{T}"/> makes every LINQ operator on it ambiguous.
    /// The enumerator throws what <see cref="GetEnumerator"/> says.
    /// </remarks>
    public IAsyncEnumerable<TReport> AsAsyncEnumerable() => new AsyncSequence<TReport>("GanSharp training", Enumerate, cancellationToken);

    private IEnumerator<TReport> Enumerate(CancellationToken cancellation)
    {
        using var reports = new ActiveRun<TReport>(trainer.Gate, Reports(cancellation));
        while (MoveNext(reports))
            yield return reports.Current;
    }

    private bool MoveNext(ActiveRun<TReport> reports)
    {
        try
        {
            return reports.MoveNext();
        }
        catch (Exception exception) when (TrainingFailedException.Explains(exception))
        {
            throw new TrainingFailedException(exception, trainer.Step, trainer.Settings.BatchSize, checkpoints?.Folder);
        }
    }

    private IEnumerator<TReport> Reports(CancellationToken cancellation)
    {
        if (!measures && checkpoints?.Options.KeepBest is { } best)
            throw new InvalidOperationException($"CheckpointOptions.KeepBest is '{best}', but this run measures nothing. Ask for reports with measurements: Every(…).");
        var first = trainer.Step;
        Volatile.Write(ref firstStep, first);
        var last = first + Steps;
        // Reports of a run that may be interrupted come at multiples of the interval, wherever it starts.
        var origin = isLastStep ? 0 : first;
        Volatile.Write(ref lastStep, last);
        var time = trainer.Settings.TimeProvider;
        var start = time.GetTimestamp();
        var (stepAtReport, samplesAtReport) = (first, trainer.SamplesSeen);
        using var events = trainer.State.Events.Begin(trainer.State.RunId, () => trainer.Step, last);
        var ranks = new RunRanks(trainer);
        using var keeper = Begin(ranks, last);
        using var requests = trainer.Gate.Requests.ServeSaves(keeper is not null);
        bool IsCanceled() => cancellation.IsCancellationRequested;
        while (trainer.Step < last && (ranks.AreMany ? ranks.GoOn(IsCanceled, keeper, trainer.Step > first) : !IsCanceled()))
        {
            var pulled = time.GetTimestamp();
            // The caller had the networks at the last report.
            var isDone = false;
            while (true)
            {
                isDone &= !trainer.Gate.LetWaitingIn();
                if (!ranks.AreMany && trainer.Gate.Requests.IsPaused)
                {
                    var still = time.GetTimestamp();
                    trainer.Gate.StandStillWhilePaused(keeper is null ? null : keeper.SaveIfAsked, cancellation);
                    (isDone, pulled) = (false, pulled + time.GetTimestamp() - still);
                    if (cancellation.IsCancellationRequested)
                    {
                        events.Outcome = RunOutcome.Canceled;
                        yield break;
                    }
                }
                keeper?.StepBegins();
                isDone = trainer.Advance(isContinued: isDone);
                NativeNumbers.Release(trainer.Step);
                if (!isDone)
                    continue;
                if ((trainer.Step - origin) % interval == 0 || trainer.Step >= last)
                    break;
                keeper?.StepEnded();
                if (ranks.AreMany)
                {
                    var boundary = time.GetTimestamp();
                    if (!ranks.GoOn(IsCanceled, keeper, mayBeDue: true))
                    {
                        events.Outcome = ranks.Ending!.Value;
                        yield break;
                    }
                    if (ranks.StoodStill)
                        (isDone, pulled) = (false, pulled + time.GetTimestamp() - boundary);
                    continue;
                }
                if (cancellation.IsCancellationRequested)
                {
                    events.Outcome = RunOutcome.Canceled;
                    yield break;
                }
                keeper?.SaveIfDue();
            }
            trainer.Parts.ThrowIfParametersMoved();
            var draft = trainer.Draft();
            var training = time.GetElapsedTime(pulled);
            if (draft.NotFinite is { } finding)
                throw new TrainingDivergedException(trainer.Step, finding);
            // Whatever a look or the caller does, the step is done.
            keeper?.StepEnded();
            var measured = measures ? trainer.State.Events.Measure(trainer.Step, () => Measure(draft, isLast: trainer.Step == last, cancellation)) : Measurements.None;
            keeper?.Measured(measured.Metrics);
            var (rate, elapsed) = ((trainer.SamplesSeen - samplesAtReport) / training.TotalSeconds, time.GetElapsedTime(start));
            if (ranks.AreMany && measures)
                (rate, elapsed) = ranks.OfFirst(rate, elapsed);
            var report = draft.Finish(new ReportFrame(first, trainer.Step, last, measured.Metrics, measured.Failures, [.. trainer.State.Warnings], rate, elapsed));
            draft.Tell(events, rate);
            events.Reported(trainer.Step - stepAtReport, trainer.SamplesSeen - samplesAtReport, measured.Metrics, training);
            (stepAtReport, samplesAtReport) = (trainer.Step, trainer.SamplesSeen);
            trainer.State.Warnings.Clear();
            events.Outcome = RunOutcome.Left;
            if (ranks.AreMany && trainer.Step >= last)
                ranks.Compare();
            var isLeft = ranks.AreMany && trainer.Step < last;
            try
            {
                yield return report;
                isLeft = false;
            }
            finally
            {
                if (isLeft)
                    ranks.Leave();
            }
            events.Outcome = RunOutcome.Failed;
            // After the caller has seen the report: a report may come twice, after a crash, but is never lost.
            if (!ranks.AreMany)
                keeper?.SaveIfDue();
        }
        events.Outcome = trainer.Step >= last ? RunOutcome.Completed : ranks.Ending ?? RunOutcome.Canceled;
    }

    /// <summary>Makes what keeps the checkpoints, which of several processes rank 0 does, after all have been found to be alike.</summary>
    private CheckpointKeeper? Begin(RunRanks ranks, long last)
    {
        CheckpointKeeper? Keeper() => checkpoints is var (folder, options) ? new CheckpointKeeper(trainer.State, trainer.Describe(), folder, options, trainer.Parts.Guard.CheckWeights, trainer.Parts.RollBack.Remember, trainer.Gate.Requests.TakeSave) : null;
        if (!ranks.AreMany)
            return Keeper();
        CheckpointKeeper? keeper = null;
        ExceptionDispatchInfo? fault = null;
        try
        {
            keeper = ranks.IsFirst ? Keeper() : null;
        }
        catch (CheckpointException exception)
        {
            // The others must hear of it, or they would wait.
            fault = ExceptionDispatchInfo.Capture(exception);
        }
        try
        {
            ranks.Begin([new("the run", string.Create(CultureInfo.InvariantCulture, $"to step {last}, a report every {interval} steps, {(measures ? "with" : "without")} measurements"))], fault?.SourceException);
        }
        catch
        {
            // No step was taken, so nothing is to be saved.
            keeper?.StepBegins();
            keeper?.Dispose();
            throw;
        }
        fault?.Throw();
        return keeper;
    }

    /// <summary>What the trainer measures, and the metrics that are due.</summary>
    private Measurements Measure(ReportDraft<TReport> draft, bool isLast, CancellationToken cancellation)
    {
        draft.Look(isLast, cancellation);
        var (metrics, failures) = trainer.State.Metrics.Measure(trainer.Step, isLast, trainer.ApplyAverage, cancellation);
        foreach (var failure in failures)
            trainer.State.Warnings.MeasurementFailed($"{failure}");
        return new Measurements(metrics, failures);
    }

    /// <summary>What a report measured.</summary>
    private sealed record Measurements(IReadOnlyDictionary<string, MetricReading> Metrics, IReadOnlyList<DiagnosticFailure> Failures)
    {
        public static Measurements None { get; } = new(ReadOnlyDictionary<string, MetricReading>.Empty, []);
    }
}
