using GanSharp.Data;
using GanSharp.Diagnostics.Game;
using GanSharp.Networks;
using GanSharp.Runtime;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.Guards;
using GanSharp.Training.Serving;
using GanSharp.Training.State;
using GanSharp.Training.Turns;
using static TorchSharp.torch;

namespace GanSharp.Training;

/// <summary>
/// The alternation: D learns with G held fixed (eq. 20), then G learns with D held fixed (eq. 21).
/// Training is a sequence of reports that the caller pulls; stop pulling and it stops.
/// </summary>
/// <remarks>A network whose parameters are all frozen is held fixed throughout: freeze G to estimate a density ratio alone.</remarks>
public sealed class GanTrainer : IDisposable
{
    private readonly TrainerParts parts;

    /// <summary>Checks options, data and networks, and moves the networks' parameters into flat buffers.</summary>
    /// <param name="generator">G, on the device to train on; the caller disposes it.</param>
    /// <param name="discriminator">D, on the same device; the caller disposes it.</param>
    /// <param name="data">Samples of p_d; the caller disposes it.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is invalid (the message lists every fault), or an objective, a penalty or the auditor's factory fails a trial.</exception>
    /// <exception cref="NetworkException">A network can't be trained on this data, or belongs to another trainer; the message names its class and what to do.</exception>
    /// <exception cref="InvalidDatasetException">The data returns other samples than it promises.</exception>
    /// <exception cref="ObjectDisposedException">A network or the data was disposed.</exception>
    public GanTrainer(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, TrainingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(discriminator);
        ArgumentNullException.ThrowIfNull(data);
        Options = options ?? new TrainingOptions();
        Options.ThrowIfInvalid(data);
        parts = new TrainerParts(generator, discriminator, data, Options, Gate);
        (Generator, Discriminator, Data) = (generator, discriminator, data);
        data.IsTrainedOn = true;
        State.Warnings.AddRange(new[] { ArgumentLifetime.WarnOnce(), ComputeTuning.WarnOnce(get_num_threads(), Environment.ProcessorCount) }.OfType<string>());
        generator.train();
        discriminator.train();
    }

    /// <summary>G as it trains. <see cref="Sample(int, long, Tensor?, long?)"/> and <see cref="UseAverage"/> give its average.</summary>
    public GeneratorNetwork Generator { get; }

    /// <summary>D as it trains.</summary>
    public DiscriminatorNetwork Discriminator { get; }

    /// <summary>What G learns to imitate.</summary>
    public Dataset Data { get; }

    /// <summary>The options in force.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Generator steps taken so far.</summary>
    public long Step => State.Step;

    /// <summary>Real samples consumed so far: the position in the data's endless sequence.</summary>
    public long SamplesSeen => State.SamplesSeen;

    internal StepStatistics Statistics => parts.Statistics;

    internal DivergenceGuard Guard => parts.Guard;

    internal RollBack RollBack => parts.RollBack;

    internal TrainingState State => parts.State;

    internal TrainerGate Gate { get; } = new(nameof(GanTrainer));

    /// <summary>Trains, one report a step; <see cref="TrainingRun.Every"/> gives fewer, with diagnostics.</summary>
    /// <param name="steps">Generator steps to take from where the trainer stands when the sequence is enumerated; at least 1.</param>
    /// <param name="cancellationToken">Ends the sequence after the step in progress; nothing is thrown, the trainer stays usable.</param>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public TrainingRun Train(long steps, CancellationToken cancellationToken = default)
    {
        Gate.ThrowIfClosed();
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return new TrainingRun(this, steps, isLastStep: false, cancellationToken);
    }

    /// <summary>
    /// Trains up to a step of the whole run, however often it was interrupted: the form to use with <see cref="Resume"/>. Its reports come at
    /// multiples of their interval, so that an interrupted run reports at the same steps.
    /// </summary>
    /// <param name="lastStep">The step at which to end, at least 1; the sequence is empty where the trainer stands there already.</param>
    /// <param name="cancellationToken">Ends the sequence after the step in progress; nothing is thrown, the trainer stays usable.</param>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public TrainingRun TrainTo(long lastStep, CancellationToken cancellationToken = default)
    {
        Gate.ThrowIfClosed();
        ArgumentOutOfRangeException.ThrowIfLessThan(lastStep, 1);
        return new TrainingRun(this, lastStep, isLastStep: true, cancellationToken);
    }

    /// <summary>
    /// Continues from the newest good checkpoint: networks, averages, optimizers, random streams, data position and diagnostics are what they were, so that
    /// on the same machine with as many threads the run goes on bit for bit. The trainer is made as for a new run, with any seed of the weights.
    /// </summary>
    /// <param name="folder">The folder of <see cref="TrainingRun.WithCheckpoints"/>, or one checkpoint in it.</param>
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
        return Resumption.TryResume(State, Describe(), folder, options ?? new ResumeOptions(), RollBack.Remember);
    }

    /// <summary>
    /// Samples of the averaged generator, or of G where no average is kept. Training goes on as if it had not been asked, bit for bit. From another thread it waits
    /// for the step in progress, and where G can't copy itself (<see cref="GeneratorNetwork.CloneArchitecture"/>) the next step waits for it; to serve many, take a <see cref="Snapshot"/>.
    /// </summary>
    /// <param name="count">Number of samples, at least 1.</param>
    /// <param name="seed">Determines the latents and any noise that the network draws: the same seed shows the same latents at every step.</param>
    /// <param name="labels">Int64 tensor of shape [count], or null.</param>
    /// <param name="label">One class for all samples, in the place of <paramref name="labels"/>: <c>Sample(8, label: 3)</c>. Null for none.</param>
    /// <exception cref="InvalidOperationException">It was called from within a step.</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public Tensor Sample(int count, long seed = 0, Tensor? labels = null, long? label = null) => parts.Sampling.Sample(new SampleRequest(count, seed, labels, label));

    /// <summary><see cref="Sample(int, long, Tensor?, long?)"/> for latents that are given: the same z at every step, or a walk through latent space.</summary>
    /// <param name="latents">Float32 tensor of shape [N, size of the prior].</param>
    /// <param name="labels">Int64 tensor of shape [N], or null.</param>
    /// <param name="label">One class for all samples, in the place of <paramref name="labels"/>; null for none.</param>
    /// <exception cref="ArgumentException">The latents have another shape or type, or the labels are wrong.</exception>
    /// <inheritdoc cref="Sample(int, long, Tensor?, long?)"/>
    public Tensor Sample(Tensor latents, Tensor? labels = null, long? label = null) => parts.Sampling.Sample(SampleRequest.Of(latents, seed: 0, labels, label));

    /// <summary>A copy of the averaged generator with a network of its own, to sample from on any thread while training goes on, and after this is disposed.</summary>
    /// <param name="makeGenerator">
    /// Makes a second network of G's class with the same arguments, which the snapshot disposes. Null (the default) where G can do so by itself, as all of GanSharp's can
    /// (<see cref="GeneratorNetwork.CloneArchitecture"/>). Torch's global generator, from which it draws its first weights, goes on as if it had not been called.
    /// </param>
    /// <param name="averaged">False for G as it trains. Default true: its average, where one is kept.</param>
    /// <exception cref="NetworkException">The second network isn't like the first; the message lists every difference.</exception>
    /// <exception cref="InvalidOperationException">It was called from within a step.</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public GeneratorSnapshot Snapshot(Func<GeneratorNetwork>? makeGenerator = null, bool averaged = true) => parts.Sampling.Snapshot(makeGenerator, averaged);

    /// <summary>
    /// Puts the averaged weights into <see cref="Generator"/> until the result is disposed; where no average is kept, they stay. Until then no step runs: one that this caller asks for
    /// is refused, another thread's waits. It is the network in training that changes, for everyone who looks at it; other threads had better take a <see cref="Snapshot"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was called from within a step.</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public IDisposable UseAverage() => Gate.Enter(nameof(UseAverage), () => parts.Average?.Apply());

    /// <summary><see cref="UseAverage"/> for a look of the run itself, whose turn it is already; null where no average is kept.</summary>
    internal Func<IDisposable>? ApplyAverage => parts.Average is null ? null : parts.Average.Apply;

    /// <summary>What either player could still win if the other stood still (<see cref="DualityGap"/>), from the networks as they train. Training goes on as if it had not been asked.</summary>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    /// <inheritdoc cref="DualityGap.Measure"/>
    public DualityGap MeasureDualityGap(DualityGapOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var turn = Gate.Enter(nameof(MeasureDualityGap));
        return DualityGap.Measure(Generator, parts.Generator.Parameters, Discriminator, parts.Discriminator.Parameters, Options.Objective, Data, options, cancellationToken);
    }

    /// <summary>What G learns from at this point (<see cref="GradientSignal"/>). Training goes on as if it had not been asked.</summary>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    /// <inheritdoc cref="GradientSignal.Measure"/>
    public GradientSignal MeasureGradientSignal(int samples = 256, long seed = 0)
    {
        using var turn = Gate.Enter(nameof(MeasureGradientSignal));
        return GradientSignal.Measure(Generator, Discriminator, Options.Objective, Data, samples, seed);
    }

    /// <summary>
    /// Releases the trainer's buffers and optimizers, and the memory kept for the next step. The networks keep their trained parameters. A run that is still enumerated ends after the
    /// step in progress, makes its last checkpoint, and throws <see cref="ObjectDisposedException"/> where it is pulled.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was called from within a step.</exception>
    public void Dispose() => Gate.Close(parts.Dispose);

    /// <summary>One step, watched: it is done whole, or throws, or returns to the last good state.</summary>
    /// <param name="isContinued">Whether nothing but the step before has touched the networks since.</param>
    /// <returns>Whether it was done.</returns>
    internal bool Advance(bool isContinued)
    {
        try
        {
            RollBack.RememberIfDue();
            Guard.Begin(Step + 1);
            parts.Alternation.Step(isContinued);
            Guard.End();
            State.Step++;
            return true;
        }
        catch (TrainingDivergedException divergence) when (Options.Guards.Policy == DivergencePolicy.RollBack)
        {
            RollBack.Return(divergence);
            return false;
        }
    }

    /// <summary>The options as readable names and values, which a resume compares.</summary>
    internal SortedDictionary<string, string> Describe() => OptionsDescription.Of(this);

    /// <summary>Throws where the networks were tampered with; called once a report.</summary>
    internal void ThrowIfParametersMoved()
    {
        parts.Generator.Parameters.ThrowIfParametersMoved();
        parts.Discriminator.Parameters.ThrowIfParametersMoved();
    }
}
