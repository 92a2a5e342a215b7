using GanSharp.Communication;
using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Optimization.Averages;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.Guards;
using GanSharp.Training.Serving;
using GanSharp.Training.State;
using GanSharp.Training.Turns;
using static TorchSharp.torch;

namespace GanSharp.Training.Runs;

/// <summary>A trainer of any kind of report: where it stands, and what another thread may ask of it while it trains.</summary>
public abstract class Trainer : IDisposable
{
    private protected Trainer(Dataset data) => (Data, Gate) = (data, new TrainerGate(GetType().Name));

    /// <summary>What G learns to imitate.</summary>
    public Dataset Data { get; }

    /// <summary>Steps taken so far; of a GAN, generator steps.</summary>
    public long Step => State.Step;

    /// <summary>Real samples consumed so far: the position in the data's endless sequence.</summary>
    public long SamplesSeen => State.SamplesSeen;

    /// <summary>What the run was asked to do. It is what a resume compares; options that change only what is reported are left out.</summary>
    /// <returns>
    /// Readable values by the names of the options: every number, switch and schedule, those of your own objectives and penalties included, the optimizers, the networks' classes,
    /// and the data by its count, shape and a hash of its first batch.
    /// </returns>
    public IReadOnlyDictionary<string, string> DescribeOptions() => Describe();

    /// <summary>Number of classes that the generator is conditioned on; null for none.</summary>
    public int? Classes => Parts.Sampling.Generator.Classes;

    /// <summary>This process among those that train together, from 0; 0 where one trains. Pictures, files and displays are rank 0's.</summary>
    public int Rank => Settings.Ranks.Rank;

    internal TrainerGate Gate { get; }

    internal abstract TrainerParts Parts { get; }

    /// <summary>The options that all trainers have.</summary>
    internal abstract RunOptions Settings { get; }

    internal TrainingState State => Parts.State;

    /// <summary>What <see cref="DescribeOptions"/> returns.</summary>
    internal abstract SortedDictionary<string, string> Describe();

    /// <summary>Copies the averaged generator, to sample from it on any thread while training goes on and after this trainer is disposed.</summary>
    /// <param name="makeGenerator">
    /// Makes a second network of G's class with the same arguments, which the snapshot disposes. Null (the default) where G can do so by itself, as all of GanSharp's can
    /// (<see cref="GeneratorNetwork.CloneArchitecture"/>). Torch's global generator, from which it draws its first weights, goes on as if it had not been called.
    /// </param>
    /// <param name="averaged">False for G as it trains. Default true: its average, where one is kept.</param>
    /// <returns>The copy, with the weights of this step until its <see cref="GeneratorSnapshot.Update"/>; the caller disposes it.</returns>
    /// <exception cref="NetworkException">The second network isn't like the first; the message lists every difference.</exception>
    /// <exception cref="InvalidOperationException">It was called from within a step.</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public GeneratorSnapshot Snapshot(Func<GeneratorNetwork>? makeGenerator = null, bool averaged = true) => Parts.Sampling.Snapshot(makeGenerator, averaged);

    /// <summary>
    /// Makes the run stand still between two steps until the result is disposed. Meanwhile other threads may sample, and a checkpoint may be asked for; a canceled run
    /// ends all the same. It may be called from any thread, and doesn't wait for the step in progress. What is trained is unchanged, bit for bit.
    /// </summary>
    /// <returns>Lets the run go on when it is disposed; of several, the last one does.</returns>
    /// <remarks>The thread that pulls reports must not pull while it is itself the one to dispose the result: it would wait forever.</remarks>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public IDisposable Pause()
    {
        Gate.ThrowIfClosed();
        return Gate.Requests.Pause();
    }

    /// <summary>Whether someone has paused the run (<see cref="Pause"/>).</summary>
    public bool IsPaused => Gate.Requests.IsPaused;

    /// <summary>Whether a run is in progress that makes checkpoints (<see cref="TrainingRun{TReport}.WithCheckpoints"/>).</summary>
    public bool MakesCheckpoints => Gate.Requests.CanSave;

    /// <summary>Asks the run for a checkpoint beside those of its schedule: after the step in progress, or at once where it is paused. It may be called from any thread.</summary>
    /// <returns>Whether one will be made: false where no run is in progress, or it makes no checkpoints.</returns>
    public bool RequestCheckpoint() => Gate.Requests.AskToSave();

    /// <summary>
    /// Releases the trainer's buffers and optimizers, and the memory kept for the next step. The networks keep their trained parameters. A run that is still enumerated ends after the
    /// step in progress, makes its last checkpoint, and throws <see cref="ObjectDisposedException"/> where it is pulled.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was called from within a step.</exception>
    public void Dispose()
    {
        Gate.Close(Parts.Dispose);
        GC.SuppressFinalize(this);
    }
}

/// <summary>What all trainers share: a run as a sequence of reports, resume, and samples while it trains.</summary>
/// <typeparam name="TReport">The trainer's kind of report.</typeparam>
public abstract class Trainer<TReport> : Trainer
    where TReport : TrainingReport
{
    private protected Trainer(Dataset data)
        : base(data)
    {
    }

    /// <summary>Begins a report: reads the means of the steps since the last one.</summary>
    internal abstract ReportDraft<TReport> Draft();

    /// <summary>Trains, one report a step; <see cref="TrainingRun{TReport}.Every"/> gives fewer, with measurements.</summary>
    /// <param name="steps">Steps to take from where the trainer stands when the sequence is enumerated; at least 1.</param>
    /// <param name="cancellationToken">Ends the sequence after the step in progress; nothing is thrown, the trainer stays usable.</param>
    /// <returns>A sequence that trains while it is enumerated; each enumeration takes that many steps more.</returns>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="steps"/> is below 1.</exception>
    public TrainingRun<TReport> Train(long steps, CancellationToken cancellationToken = default)
    {
        Gate.ThrowIfClosed();
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return new TrainingRun<TReport>(this, steps, isLastStep: false, cancellationToken);
    }

    /// <summary>
    /// Trains up to a step of the whole run, however often it was interrupted: the form to use with <see cref="Resume"/>. Its reports come at
    /// multiples of their interval, so that an interrupted run reports at the same steps.
    /// </summary>
    /// <param name="lastStep">The step at which to end, at least 1; the sequence is empty where the trainer stands there already.</param>
    /// <param name="cancellationToken">Ends the sequence after the step in progress; nothing is thrown, the trainer stays usable.</param>
    /// <returns>A sequence that trains while it is enumerated.</returns>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lastStep"/> is below 1.</exception>
    public TrainingRun<TReport> TrainTo(long lastStep, CancellationToken cancellationToken = default)
    {
        Gate.ThrowIfClosed();
        ArgumentOutOfRangeException.ThrowIfLessThan(lastStep, 1);
        return new TrainingRun<TReport>(this, lastStep, isLastStep: true, cancellationToken);
    }

    /// <summary>
    /// Continues from the newest good checkpoint: networks, averages, optimizers, random streams, data position and diagnostics are what they were, so that
    /// on the same machine with as many threads the run goes on bit for bit. The trainer is made as for a new run, with any seed of the weights.
    /// </summary>
    /// <param name="folder">The folder of <see cref="TrainingRun{TReport}.WithCheckpoints"/>, or one checkpoint in it.</param>
    /// <param name="options">What may differ from the run that made it; null for nothing.</param>
    /// <returns>Where it stands, which damaged checkpoints were passed over, and why it may not be bit for bit.</returns>
    /// <exception cref="CheckpointException">There is none, all are damaged, or it belongs to other networks or options; the trainer is unchanged.</exception>
    public ResumeReport Resume(string folder, ResumeOptions? options = null) =>
        ResumeIfAny(folder, options) ?? throw new CheckpointException($"'{folder}' holds no checkpoint. Start without Resume, or check the folder's name.");

    /// <summary><see cref="Resume"/> where the folder holds a checkpoint; null, and a new run, where it holds none: one program for both.</summary>
    /// <inheritdoc cref="Resume"/>
    public ResumeReport? ResumeIfAny(string folder, ResumeOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        using var turn = Gate.Enter(nameof(Resume));
        ResumeReport? Read() => Resumption.TryResume(State, Describe(), folder, options ?? new ResumeOptions(), Parts.RollBack.Remember);
        var ranks = Settings.Ranks;
        if (ranks.Size == 1)
            return Read();
        ranks.ThrowUnlessAlike(RunRanks.Describe(this));
        var report = SharedResumption.TryResume(ranks, State, Read, Parts.RollBack.Remember);
        Parts.IsShared |= report is not null;
        return report;
    }

    /// <summary>
    /// Samples of the averaged generator, or of G where no average is kept. Training goes on as if it had not been asked, bit for bit. From another thread it waits
    /// for the step in progress, and where G can't copy itself (<see cref="GeneratorNetwork.CloneArchitecture"/>) the next step waits for it; to serve many, take a <see cref="Trainer.Snapshot"/>.
    /// </summary>
    /// <param name="count">Number of samples, at least 1.</param>
    /// <param name="seed">Determines the latents and any noise that the network draws: the same seed shows the same latents at every step. Default 0.</param>
    /// <param name="labels">Int64 tensor of shape [count], or mixtures of classes (<see cref="GanSharp.Networks.Latents.ClassMixture"/>), or null.</param>
    /// <param name="label">One class for all samples, in the place of <paramref name="labels"/>: <c>Sample(8, label: 3)</c>. Null for none.</param>
    /// <returns>Tensor of shape [count, …] on the generator's device, without a graph.</returns>
    /// <exception cref="ArgumentException"><paramref name="count"/> is below 1, or the labels are wrong.</exception>
    /// <exception cref="InvalidOperationException">It was called from within a step.</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public Tensor Sample(int count, long seed = 0, Tensor? labels = null, long? label = null) => Parts.Sampling.Sample(new SampleRequest(count, seed, labels, label));

    /// <summary><see cref="Sample(int, long, Tensor?, long?)"/> for labels and the first latents. Without this overload C# would turn the count into a tensor of latents.</summary>
    /// <inheritdoc cref="Sample(int, long, Tensor?, long?)"/>
    public Tensor Sample(int count, Tensor? labels) => Sample(count, seed: 0, labels);

    /// <summary><see cref="Sample(int, long, Tensor?, long?)"/> for latents that are given: the same z at every step, or a walk through latent space.</summary>
    /// <param name="latents">Float32 tensor of shape [N, size of the prior].</param>
    /// <param name="labels">Int64 tensor of shape [N], or mixtures of classes (<see cref="GanSharp.Networks.Latents.ClassMixture"/>), or null.</param>
    /// <param name="label">One class for all samples, in the place of <paramref name="labels"/>; null for none.</param>
    /// <returns>Tensor of shape [N, …] on the generator's device, without a graph.</returns>
    /// <exception cref="ArgumentException">The latents have another shape or type, or the labels are wrong.</exception>
    /// <exception cref="InvalidOperationException">It was called from within a step.</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public Tensor Sample(Tensor latents, Tensor? labels = null, long? label = null) => Parts.Sampling.Sample(SampleRequest.Of(latents, seed: 0, labels, label));

    /// <summary>
    /// Puts averaged weights into the generator until the result is disposed; where no average is kept, they stay. Until then no step runs: one that this caller asks for
    /// is refused, another thread's waits. It is the network in training that changes, for everyone who looks at it; other threads had better take a <see cref="Trainer.Snapshot"/>.
    /// </summary>
    /// <param name="name">An average of <see cref="RunOptions.Averages"/>, by its name. Null (the default) for the one that samples and reports are of, <see cref="RunOptions.EmaHalfLifeImages"/>.</param>
    /// <returns>Puts the weights of training back when it is disposed.</returns>
    /// <exception cref="ArgumentException">No average has that name; the message lists all.</exception>
    /// <exception cref="InvalidOperationException">It was called from within a step, or another average is in force.</exception>
    /// <exception cref="ObjectDisposedException">The trainer or the generator is disposed. Disposing the result throws it where the generator was disposed meanwhile.</exception>
    public IDisposable UseAverage(string? name = null) => Gate.Enter(nameof(UseAverage), () => Parts.Averages.Apply(name));

    /// <summary>
    /// Writes the run's <see cref="PowerAverage"/>s, as they are now, into a folder: one file of the generator's weights each, which <c>LoadWeights</c> reads. From such
    /// snapshots along a run <see cref="PostHocAverage"/> reconstructs averages of other widths. Call it at some ten to a hundred reports of a run.
    /// </summary>
    /// <param name="folder">A folder for this run; made where it isn't there. Files of the same step are replaced.</param>
    /// <returns>The files.</returns>
    /// <exception cref="InvalidOperationException">The run keeps no <see cref="PowerAverage"/>, or has taken no step, or it was called from within a step or while an average is in force.</exception>
    /// <exception cref="ObjectDisposedException">The trainer or the generator is disposed.</exception>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is empty.</exception>
    public IReadOnlyList<string> SaveAverages(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        using var turn = Gate.Enter(nameof(SaveAverages));
        return AverageSnapshot.SaveAll(Parts.Sampling.Generator, Parts.Averages, folder, $"{State.RunId}");
    }

    /// <summary><see cref="UseAverage"/> for a look of the run itself, whose turn it is already; null where no average is kept.</summary>
    internal Func<IDisposable>? ApplyAverage => Parts.Averages.Main is { } average ? average.Apply : null;

    /// <summary>One step, watched: it is done whole, or throws, or returns to the last good state.</summary>
    /// <param name="isContinued">Whether nothing but the step before has touched the networks since.</param>
    /// <returns>Whether it was done.</returns>
    internal bool Advance(bool isContinued)
    {
        try
        {
            Parts.RollBack.RememberIfDue();
            Parts.Guard.Begin(Step + 1);
            Parts.Step(isContinued);
            Parts.Guard.End();
            State.Step++;
            return true;
        }
        catch (TrainingDivergedException divergence) when (Settings.Guards.Policy == DivergencePolicy.RollBack)
        {
            Parts.RollBack.Return(divergence);
            return false;
        }
    }
}
