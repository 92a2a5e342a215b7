using GanSharp.Data;
using GanSharp.Diagnostics.Game;
using GanSharp.Networks;
using GanSharp.Runtime;
using GanSharp.Training.Runs;
using static TorchSharp.torch;

namespace GanSharp.Training;

/// <summary>
/// The alternation: D learns with G held fixed (eq. 20), then G learns with D held fixed (eq. 21).
/// Training is a sequence of reports that the caller pulls; stop pulling and it stops.
/// </summary>
/// <remarks>A network whose parameters are all frozen is held fixed throughout: freeze G to estimate a density ratio alone.</remarks>
public sealed class GanTrainer : Trainer<StepReport>
{
    private readonly GanParts parts;

    /// <summary>Checks options, data and networks, and moves the networks' parameters into flat buffers.</summary>
    /// <param name="generator">G, on the device to train on; the caller disposes it.</param>
    /// <param name="discriminator">D, on the same device; the caller disposes it.</param>
    /// <param name="data">Samples of p_d; the caller disposes it.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is invalid (the message lists every fault), or an objective, a penalty or the auditor's factory fails a trial.</exception>
    /// <exception cref="NetworkException">A network can't be trained on this data, or belongs to another trainer; the message names its class and what to do.</exception>
    /// <exception cref="InvalidOperationException">A penalty, the objective, the augmentation or the label sampler keeps a state that belongs to another trainer, which isn't disposed.</exception>
    /// <exception cref="InvalidDatasetException">The data returns other samples than it promises.</exception>
    /// <exception cref="ObjectDisposedException">A network or the data was disposed.</exception>
    public GanTrainer(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, TrainingOptions? options = null)
        : base(data)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(discriminator);
        ArgumentNullException.ThrowIfNull(data);
        Options = options ?? new TrainingOptions();
        Options.ThrowIfInvalid(data);
        parts = new GanParts(generator, discriminator, data, Options, Gate);
        (Generator, Discriminator) = (generator, discriminator);
        data.IsTrainedOn = true;
        State.Warnings.AddRange(new[] { ArgumentLifetime.WarnOnce(), ComputeTuning.WarnOnce(get_num_threads(), Environment.ProcessorCount) }.OfType<string>());
        generator.train();
        discriminator.train();
    }

    /// <summary>G as it trains. <see cref="Trainer{TReport}.Sample(int, long, Tensor?, long?)"/> and <see cref="Trainer{TReport}.UseAverage"/> give its average.</summary>
    public GeneratorNetwork Generator { get; }

    /// <summary>D as it trains.</summary>
    public DiscriminatorNetwork Discriminator { get; }

    /// <summary>The options in force.</summary>
    public TrainingOptions Options { get; }

    internal override TrainerParts Parts => parts;

    internal override RunOptions Settings => Options;

    /// <summary>What either player could still win if the other stood still (<see cref="DualityGap"/>), from the networks as they train. Training goes on as if it had not been asked.</summary>
    /// <returns>The gap in nats, with the values that both best responses reach.</returns>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    /// <inheritdoc cref="DualityGap.Measure"/>
    public DualityGap MeasureDualityGap(DualityGapOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var turn = Gate.Enter(nameof(MeasureDualityGap));
        return DualityGap.Measure(Generator, parts.Generator.Parameters, Discriminator, parts.Discriminator.Parameters, Options.Objective, Data, options, cancellationToken);
    }

    /// <summary>What G learns from at this point (<see cref="GradientSignal"/>). Training goes on as if it had not been asked.</summary>
    /// <returns>Norms, cosines and weights of the gradients that G would get from one batch.</returns>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    /// <inheritdoc cref="GradientSignal.Measure"/>
    public GradientSignal MeasureGradientSignal(int samples = 256, long seed = 0)
    {
        using var turn = Gate.Enter(nameof(MeasureGradientSignal));
        return GradientSignal.Measure(Generator, Discriminator, Options.Objective, Data, samples, seed);
    }

    internal override SortedDictionary<string, string> Describe()
    {
        var description = OptionsDescription.Of(Options, Data, (nameof(Options.GeneratorOptimizer), Options.GeneratorOptimizer, Generator), (nameof(Options.DiscriminatorOptimizer), Options.DiscriminatorOptimizer, Discriminator));
        // Of all ranks: what a resume with another number of them must keep.
        description[nameof(Options.BatchSize)] = $"{(long)Options.BatchSize * Options.Communicator.Size}";
        description["Generator"] = Generator.GetType().Name;
        description["Generator.Prior"] = $"{Generator.Prior.GetType().Name} of size {Generator.Prior.Size}";
        description["Discriminator"] = Discriminator.GetType().Name;
        return description;
    }

    internal override ReportDraft<StepReport> Draft() => new GanDraft(this, parts.Statistics);
}
