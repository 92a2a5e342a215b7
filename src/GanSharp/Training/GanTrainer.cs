using GanSharp.Data;
using GanSharp.Diagnostics.Game;
using GanSharp.Diagnostics.Monitoring;
using GanSharp.Networks;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Randomness;
using GanSharp.Runtime;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.Checks;
using GanSharp.Training.Guards;
using GanSharp.Training.Serving;
using GanSharp.Training.State;
using GanSharp.Training.Turns;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Training;

/// <summary>
/// The alternation: D learns with G held fixed (eq. 20), then G learns with D held fixed (eq. 21).
/// Training is a sequence of reports that the caller pulls; stop pulling and it stops.
/// </summary>
/// <remarks>A network whose parameters are all frozen is held fixed throughout: freeze G to estimate a density ratio alone.</remarks>
public sealed class GanTrainer : IDisposable
{
    private readonly FlatParameters generatorParameters, discriminatorParameters;
    private readonly Optimizer generatorOptimizer, discriminatorOptimizer;
    private readonly WeightAverage? average;
    private readonly BatchReader batches;
    private readonly bool concatenatesPasses;
    private readonly MixedPrecision? generatorPrecision, discriminatorPrecision;
    private readonly GeneratorSampling sampling;
    private readonly Stack<IDisposable> parts = new();

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
        try
        {
            Own(NetworkClaim.Take(generator, discriminator));
            var warnings = NetworkCheck.ThrowIfUnusable(generator, discriminator, data, Options.Trial());
            (Generator, Discriminator, Data, Device) = (generator, discriminator, data, discriminator.Device());
            var latentRandom = Own(SeededRandom.Create(Options.Seed, "latents", device: Device));
            State = new TrainingState(generator, discriminator, latentRandom, new DiagnosticMonitor(generator, discriminator, data, Options.Objective, Options.Diagnostics, Options.Seed));
            State.Warnings.AddRange(warnings);
            generatorParameters = Own(new FlatParameters(generator));
            discriminatorParameters = Own(new FlatParameters(discriminator));
            generatorOptimizer = Own(Options.GeneratorOptimizer.Create(generatorParameters));
            discriminatorOptimizer = Own(Options.DiscriminatorOptimizer.Create(discriminatorParameters));
            average = Options.EmaHalfLifeImages is { } halfLife ? Own(new WeightAverage(generator, generatorParameters, halfLife)) : null;
            concatenatesPasses = Options.JointForward ?? (!Options.Penalties.Any(NeedsGradient) && JointForward.IsWorthwhile(discriminator) && JointForward.IsEquivalent(discriminator, data, Options.Seed));
            batches = Own(new BatchReader(data, Options.Seed, Options.BatchSize, Options.Prefetch ?? BatchReader.IsWorthwhile(Device)));
            if (Options.Precision != Precision.Float32)
            {
                (generatorPrecision, discriminatorPrecision) = (Own(new MixedPrecision(generator, generatorParameters)), Own(new MixedPrecision(discriminator, discriminatorParameters)));
                using var lowGenerator = generatorPrecision.Enter();
                using var lowDiscriminator = discriminatorPrecision.Enter();
                NetworkCheck.ThrowIfUnusableInLowPrecision(generator, discriminator, data, Options.Seed, $"{Options.Precision}");
            }
            Statistics = Own(new StepStatistics(Device));
            Guard = Own(new DivergenceGuard(Options.Guards, new("generator", generator, generatorParameters), new("discriminator", discriminator, discriminatorParameters), Device.type == DeviceType.CPU, State.Warnings));
            RollBack = Own(new RollBack(State, Options.Guards, ScaleRates));
            sampling = Own(new GeneratorSampling(Gate, State, generator, generatorParameters, average, count => data.Draw(Options.Seed, 0, (int)Math.Min(count, data.Count ?? count)).Labels));
            foreach (var (name, part) in new (string, object?)[] {
                ("optimizer.generator", generatorOptimizer), ("optimizer.discriminator", discriminatorOptimizer), ("average", average), ("statistics", Statistics),
                ("guard", Guard), ("roll-back", RollBack), ("generator.state", generator), ("discriminator.state", discriminator), ("data", data), ("objective", Options.Objective) })
                State.Add(name, part);
            foreach (var (index, penalty) in Options.Penalties.Index())
                State.Add($"penalty.{index}", penalty);
        }
        catch
        {
            Release();
            throw;
        }
        data.IsTrainedOn = true;
        State.Warnings.AddRange(new[] { ArgumentLifetime.WarnOnce(), ComputeTuning.WarnOnce(get_num_threads(), Environment.ProcessorCount) }.OfType<string>());
        generator.train();
        discriminator.train();
    }

    /// <summary>G as it trains. <see cref="Sample"/> and <see cref="UseAverage"/> give its average.</summary>
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

    internal StepStatistics Statistics { get; }

    internal Device Device { get; }

    internal DivergenceGuard Guard { get; }

    internal RollBack RollBack { get; }

    internal TrainingState State { get; }

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
    /// <exception cref="InvalidOperationException">It was called from within a step.</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public Tensor Sample(int count, long seed = 0, Tensor? labels = null) => sampling.Sample(count, seed, labels);

    /// <summary>A copy of the averaged generator with a network of its own, to sample from on any thread while training goes on, and after this is disposed.</summary>
    /// <param name="makeGenerator">
    /// Makes a second network of G's class with the same arguments, which the snapshot disposes. Null (the default) where G can do so by itself, as all of GanSharp's can
    /// (<see cref="GeneratorNetwork.CloneArchitecture"/>). Torch's global generator, from which it draws its first weights, goes on as if it had not been called.
    /// </param>
    /// <param name="averaged">False for G as it trains. Default true: its average, where one is kept.</param>
    /// <exception cref="NetworkException">The second network isn't like the first; the message lists every difference.</exception>
    /// <exception cref="InvalidOperationException">It was called from within a step.</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public GeneratorSnapshot Snapshot(Func<GeneratorNetwork>? makeGenerator = null, bool averaged = true) => sampling.Snapshot(makeGenerator, averaged);

    /// <summary>
    /// Puts the averaged weights into <see cref="Generator"/> until the result is disposed; where no average is kept, they stay. Until then no step runs: one that this caller asks for
    /// is refused, another thread's waits. It is the network in training that changes, for everyone who looks at it; other threads had better take a <see cref="Snapshot"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was called from within a step.</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public IDisposable UseAverage() => Gate.Enter(nameof(UseAverage), () => average?.Apply());

    /// <summary><see cref="UseAverage"/> for a look of the run itself, whose turn it is already; null where no average is kept.</summary>
    internal Func<IDisposable>? ApplyAverage => average is null ? null : average.Apply;

    /// <summary>What either player could still win if the other stood still (<see cref="DualityGap"/>), from the networks as they train. Training goes on as if it had not been asked.</summary>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    /// <inheritdoc cref="DualityGap.Measure"/>
    public DualityGap MeasureDualityGap(DualityGapOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var turn = Gate.Enter(nameof(MeasureDualityGap));
        return DualityGap.Measure(Generator, generatorParameters, Discriminator, discriminatorParameters, Options.Objective, Data, options, cancellationToken);
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
    public void Dispose() => Gate.Close(Release);

    /// <summary>One step, watched: it is done whole, or throws, or returns to the last good state.</summary>
    /// <param name="isContinued">Whether nothing but the step before has touched the networks since.</param>
    /// <returns>Whether it was done.</returns>
    internal bool Advance(bool isContinued)
    {
        try
        {
            RollBack.RememberIfDue();
            Guard.Begin(Step + 1);
            Alternate(isContinued);
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

    private void ScaleRates(double factor) => generatorOptimizer.RateFactor = discriminatorOptimizer.RateFactor = factor;

    /// <summary>Throws where the networks were tampered with; called once a report.</summary>
    internal void ThrowIfParametersMoved()
    {
        generatorParameters.ThrowIfParametersMoved();
        discriminatorParameters.ThrowIfParametersMoved();
    }

    /// <summary>k steps of D, then one of G. G's step judges the samples of D's last step again: G has not moved since, so they are still its own.</summary>
    private void Alternate(bool isContinued)
    {
        using var lowGenerator = generatorPrecision?.Enter(isContinued);
        using var lowDiscriminator = discriminatorPrecision?.Enter(isContinued);
        try
        {
            // Of a backward pass that the caller ran between two steps, or an eval() that was never undone.
            ClearGradients();
            if (!isContinued)
                PrepareToTrain();
            for (var k = 1; k < Options.DiscriminatorSteps; k++)
            {
                using var inner = NewDisposeScope();
                var batch = NextBatch();
                StepDiscriminator(batch, Generate(batch));
            }
            using var scope = NewDisposeScope();
            var real = NextBatch();
            var fake = Generate(real);
            StepDiscriminator(real, fake);
            StepGenerator(real, fake);
        }
        catch
        {
            // Half a step's traces: a caller who mends the cause may resume with this trainer.
            discriminatorParameters.RequireGradients(true);
            ClearGradients();
            throw;
        }
        finally
        {
            batches.Settle();
        }
    }

    private T Own<T>(T part)
        where T : IDisposable
    {
        parts.Push(part);
        return part;
    }

    /// <summary>Releases what was made, last first.</summary>
    private void Release()
    {
        while (parts.TryPop(out var part))
            part.Dispose();
        GlibcAllocator.Release();
    }

    /// <summary>What the caller may have switched off between two reports: modes are put back, and what isn't the trainer's is named.</summary>
    private void PrepareToTrain()
    {
        if (!is_grad_enabled())
            throw new InvalidOperationException("Training needs gradients, but it was called inside no_grad() or inference_mode(). End that scope before the loop over the reports.");
        if (!Generator.training)
            Generator.train();
        if (!Discriminator.training)
            Discriminator.train();
    }

    private void ClearGradients()
    {
        discriminatorParameters.ClearGradients();
        generatorParameters.ClearGradients();
    }

    /// <summary>max over φ of E_pd[ln D] + E_z[ln(1 − D(G(z)))] with θ fixed (eq. 20), or its like in another objective.</summary>
    private void StepDiscriminator(Batch real, Tensor fake)
    {
        var pass = Judge(real, fake.detach());
        var losses = Options.Objective.DiscriminatorLoss(pass.Real.Logits, pass.Fake.Logits).mean();
        var penalties = Options.Penalties.Select(penalty => penalty.Evaluate(pass).mean()).ToArray();
        if (!Guard.AcceptsLoss(Guard.Discriminator, losses, penalties))
            return;
        Statistics.AddDiscriminator(Options.Objective, pass, losses, penalties);
        if (discriminatorParameters.Buffers.Count == 0)
            return;
        penalties.Aggregate(losses, (sum, penalty) => sum + penalty).backward();
        using var gradients = discriminatorParameters.TakeGradients();
        if (!Guard.AcceptsGradients(Guard.Discriminator, gradients))
            return;
        Guard.Discriminator.SumOfSquaresOfStep = discriminatorOptimizer.Step(Step, gradients);
        discriminatorPrecision?.Follow();
    }

    /// <summary>min over θ of E_z[ln(1 − D(G(z)))] with φ fixed (eq. 21), or its like in another objective.</summary>
    private void StepGenerator(Batch real, Tensor fake)
    {
        discriminatorParameters.RequireGradients(false);
        var realLogits = Options.Objective.GeneratorNeedsReal ? Discriminator.call(real.Samples, real.Labels) : null;
        var loss = Options.Objective.GeneratorLoss(Discriminator.call(fake, real.Labels), realLogits).mean();
        discriminatorParameters.RequireGradients(true);
        if (!Guard.AcceptsLoss(Guard.Generator, loss, []))
            return;
        Statistics.AddGenerator(loss);
        if (generatorParameters.Buffers.Count == 0)
            return;
        loss.backward();
        using var gradients = generatorParameters.TakeGradients();
        if (!Guard.AcceptsGradients(Guard.Generator, gradients))
            return;
        Guard.Generator.SumOfSquaresOfStep = generatorOptimizer.Step(Step, gradients);
        generatorPrecision?.Follow();
        average?.Update(Options.BatchSize);
    }

    private DiscriminatorPass Judge(Batch real, Tensor fake)
    {
        static Tensor Leaf(Tensor samples, bool differentiable) => differentiable ? samples.detach().requires_grad_(true) : samples;
        var realSamples = Leaf(real.Samples, Options.Penalties.Any(penalty => penalty.NeedsRealGradient));
        var fakeSamples = Leaf(fake, Options.Penalties.Any(penalty => penalty.NeedsFakeGradient));
        var (realLogits, fakeLogits) = concatenatesPasses
            ? JointForward.Logits(Discriminator, realSamples, fakeSamples, real.Labels)
            : (Discriminator.call(realSamples, real.Labels), Discriminator.call(fakeSamples, real.Labels));
        return new DiscriminatorPass(Discriminator, new(realSamples, realLogits, real.Labels), new(fakeSamples, fakeLogits, real.Labels), Step);
    }

    private static bool NeedsGradient(Penalty penalty) => penalty.NeedsRealGradient || penalty.NeedsFakeGradient;

    private Batch NextBatch()
    {
        var batch = batches.Take(SamplesSeen);
        State.SamplesSeen += Options.BatchSize;
        return new Batch(batch.Samples.to(Device), batch.Labels?.to(Device));
    }

    /// <summary>G(z) for as many latents and the same labels as the real batch.</summary>
    private Tensor Generate(Batch real) =>
        Generator.call(Generator.Prior.Sample(Options.BatchSize, State.LatentRandom, Device), real.Labels);
}
