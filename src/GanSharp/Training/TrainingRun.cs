using System.Collections;
using System.Diagnostics;
using GanSharp.Tensors;

namespace GanSharp.Training;

/// <summary>A run of training as a sequence of reports: enumerate it to train, stop enumerating to stop.</summary>
public sealed class TrainingRun : IEnumerable<StepReport>
{
    /// <summary>Steps between reports where none are given: diagnostics on 10,000 held-out samples then cost less than 5% of the training.</summary>
    public const long DefaultInterval = 1_000;

    private readonly GanTrainer trainer;
    private readonly long interval;
    private readonly bool measures;
    private readonly CancellationToken cancellationToken;
    private long lastStep;

    internal TrainingRun(GanTrainer trainer, long steps, long interval, bool measures, CancellationToken cancellationToken) =>
        (this.trainer, Steps, this.interval, this.measures, this.cancellationToken) = (trainer, steps, interval, measures, cancellationToken);

    /// <summary>Generator steps that one enumeration takes.</summary>
    public long Steps { get; }

    /// <summary>The trainer's step now. It may be read from another thread, for a progress display.</summary>
    public long CurrentStep => trainer.Step;

    /// <summary>The step at which the enumeration in progress ends; before the first one, at which it would.</summary>
    public long LastStep => Volatile.Read(ref lastStep) is > 0 and var last ? last : trainer.Step + Steps;

    /// <summary>The same run with one report every <paramref name="steps"/> steps and one at its end, each with the diagnostics.</summary>
    /// <param name="steps">Steps between reports, at least 1. Default <see cref="DefaultInterval"/>.</param>
    public TrainingRun Every(long steps = DefaultInterval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return new TrainingRun(trainer, Steps, steps, measures: true, cancellationToken);
    }

    /// <summary>Trains while it is enumerated.</summary>
    /// <exception cref="TrainingDivergedException">A loss is NaN or infinite.</exception>
    public IEnumerator<StepReport> GetEnumerator()
    {
        var first = trainer.Step;
        var last = first + Steps;
        Volatile.Write(ref lastStep, last);
        var elapsed = Stopwatch.StartNew();
        var training = Stopwatch.StartNew();
        var samplesAtReport = trainer.SamplesSeen;
        while (trainer.Step < last && !cancellationToken.IsCancellationRequested)
        {
            training.Start();
            do
            {
                trainer.Advance();
                NativeNumbers.Release(trainer.Step);
            }
            while ((trainer.Step - first) % interval != 0 && trainer.Step < last && !cancellationToken.IsCancellationRequested);
            trainer.ThrowIfDetached();
            var (discriminatorLoss, penalty, value, generatorLoss) = trainer.Statistics.Read();
            training.Stop();
            if (!double.IsFinite(discriminatorLoss + penalty + generatorLoss))
                throw new TrainingDivergedException(trainer.Step, discriminatorLoss, penalty, generatorLoss);
            var look = measures ? trainer.Monitor.Look(trainer.Step, trainer.SamplesSeen, isLast: trainer.Step == last, cancellationToken) : null;
            var report = new StepReport
            {
                Step = trainer.Step,
                LastStep = last,
                DiscriminatorLoss = discriminatorLoss,
                GeneratorLoss = generatorLoss,
                Penalty = penalty,
                Value = double.IsNaN(value) ? null : value,
                Diagnostics = look?.Report,
                Health = look?.Health,
                SamplesPerSecond = (trainer.SamplesSeen - samplesAtReport) / training.Elapsed.TotalSeconds,
                Elapsed = elapsed.Elapsed,
            };
            samplesAtReport = trainer.SamplesSeen;
            training.Reset();
            yield return report;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
