using System.Collections;
using System.Diagnostics;
using GanSharp.Diagnostics.Health;
using GanSharp.Diagnostics.Monitoring;
using GanSharp.Diagnostics.Reports;
using GanSharp.Runtime;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.Guards;
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
    public TrainingRun WithCheckpoints(string folder, CheckpointOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        options ??= new CheckpointOptions();
        options.ThrowIfInvalid();
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
    public IEnumerator<StepReport> GetEnumerator()
    {
        using var reports = new ActiveRun<StepReport>(trainer.Gate, Reports());
        while (MoveNext(reports))
            yield return reports.Current;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

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

    private IEnumerator<StepReport> Reports()
    {
        var first = trainer.Step;
        Volatile.Write(ref firstStep, first);
        var last = first + Steps;
        // Reports of a run that may be interrupted come at multiples of the interval, wherever it starts.
        var origin = isLastStep ? 0 : first;
        Volatile.Write(ref lastStep, last);
        var elapsed = Stopwatch.StartNew();
        var training = Stopwatch.StartNew();
        var samplesAtReport = trainer.SamplesSeen;
        using var keeper = checkpoints is var (folder, options) ? new CheckpointKeeper(trainer.State, trainer.Describe(), folder, options, trainer.Guard.CheckWeights, trainer.RollBack.Remember) : null;
        while (trainer.Step < last && !cancellationToken.IsCancellationRequested)
        {
            training.Start();
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
                if (cancellationToken.IsCancellationRequested)
                    yield break;
                keeper?.SaveIfDue();
            }
            trainer.ThrowIfParametersMoved();
            var hasSteps = trainer.Statistics.HasSteps;
            var means = trainer.Statistics.Read();
            training.Stop();
            if (hasSteps && !means.IsFinite)
                throw new TrainingDivergedException(trainer.Step, FormattableString.Invariant($"discriminator loss {means.DiscriminatorLoss}, penalty {means.DiscriminatorPenalty}, generator loss {means.GeneratorLoss}, penalty {means.GeneratorPenalty}"));
            // Whatever a look or the caller does, the step is done.
            keeper?.StepEnded();
            var (look, failure) = measures ? Look(isLast: trainer.Step == last) : default;
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
                Diagnostics = look?.Report,
                DiagnosticsFailure = failure,
                Health = look?.Health,
                Warnings = [.. trainer.State.Warnings],
                SamplesPerSecond = (trainer.SamplesSeen - samplesAtReport) / training.Elapsed.TotalSeconds,
                Elapsed = elapsed.Elapsed,
            };
            samplesAtReport = trainer.SamplesSeen;
            training.Reset();
            trainer.State.Warnings.Clear();
            yield return report;
            // After the caller has seen the report: a report may come twice, after a crash, but is never lost.
            keeper?.SaveIfDue();
        }
    }

    /// <summary>Measures the generator that the caller gets: the average where one is kept. What fails is said in the report and doesn't end the run.</summary>
    private ((DiagnosticReport Report, TrainingHealth Health)? Look, DiagnosticFailure? Failure) Look(bool isLast)
    {
        try
        {
            var look = trainer.State.Monitor.Look(
                trainer.Step, trainer.SamplesSeen, isLast, trainer.ApplyAverage, cancellationToken);
            return (look, Said(look?.Report.AuditFailure));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return default;
        }
        // Where the training data can't be read, the next step couldn't be taken either.
        catch (Exception exception) when (!DiagnosticLook.IsOfTrainingData(exception, trainer.Data))
        {
            return (null, Said(DiagnosticFailure.Of("the diagnostics", exception, "Mend what the message names")));
        }
    }

    private DiagnosticFailure? Said(DiagnosticFailure? failure)
    {
        if (failure is not null)
            trainer.State.Warnings.Add($"{failure}");
        return failure;
    }
}
