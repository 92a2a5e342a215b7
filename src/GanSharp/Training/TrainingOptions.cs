using GanSharp.Augmentations;
using GanSharp.Communication;
using GanSharp.Data;
using GanSharp.Diagnostics.Monitoring;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Players;
using GanSharp.Schedules;
using GanSharp.Tensors;
using GanSharp.Training.Checks;
using GanSharp.Training.Runs;

namespace GanSharp.Training;

/// <summary>
/// All options of a <see cref="GanTrainer"/>. The defaults are the original GAN game (Goodfellow et al. 2014, eqs. 20 and 21) with
/// DCGAN's Adam; <see cref="RegularizedRelativistic"/> is a modern recipe. Change one value with <c>options with { BatchSize = 256 }</c>.
/// </summary>
public sealed record TrainingOptions : RunOptions
{
    /// <summary>The game. Default <see cref="GanObjective.Minimax"/>.</summary>
    public GanObjective Objective { get; init; } = GanObjective.Minimax;

    /// <summary>Terms added to D's loss. Default none.</summary>
    public IReadOnlyList<DiscriminatorPenalty> DiscriminatorPenalties { get; init; } = [];

    /// <summary>Terms added to G's loss. Default none.</summary>
    public IReadOnlyList<GeneratorPenalty> GeneratorPenalties { get; init; } = [];

    /// <summary>
    /// A random change of every sample before D sees it, real and generated ones alike; null (the default) for none. Diagnostics and samples are never changed.
    /// </summary>
    public Augmentation? Augmentation { get; init; }

    /// <summary>Which classes G is asked for while it trains. Default <see cref="LabelSampler.OfData"/>. Diagnostics and metrics ask for those of the held-out data; where it has none, or others than G, for this sampler's.</summary>
    public LabelSampler Labels { get; init; } = LabelSampler.OfData;

    /// <summary>
    /// Parts in which each batch goes through the networks, at least 1; their gradients add up to that of the whole batch, to rounding, where neither network looks
    /// at its batch (batch norm does). Memory falls with the parts; time doesn't. Default 1. What looks at a batch then looks at each part:
    /// <see cref="RelativisticAverage"/>, <see cref="TopK"/>, <see cref="FeatureMatching"/>, <see cref="ModeSeeking"/>, <see cref="Penalties.Lipschitz.MaximumGradientPenalty"/> and the standard deviation of
    /// <see cref="Penalties.Lipschitz.Dragan"/>. What GanSharp's penalties and augmentations keep from step to step goes on as in a whole batch; what your own keep is theirs to see to.
    /// </summary>
    public int MicroBatches { get; init; } = 1;

    /// <summary>
    /// Whether G's step draws latents of its own, and real samples where the objective reads them, as in algorithm 1 of Goodfellow et al. 2014 and in R3GAN.
    /// Default false: it judges the samples of D's last step again, so that one pass of G serves both players.
    /// </summary>
    public bool FreshGeneratorBatch { get; init; }

    /// <summary>k, the steps of D before each step of G; at least 1. Default 1, as in Goodfellow et al. 2014.</summary>
    public int DiscriminatorSteps { get; init; } = 1;

    /// <summary>
    /// Steps that D goes ahead before G answers it, on the same samples, after which D is put back; at least 0. G then answers what D will have learned, which keeps it from running from mode to
    /// mode (Metz et al. 2017; they take 5 to 10). The gradient doesn't pass through those steps, as it does in the paper. Each costs a step of D and the copy that puts it back.
    /// Default 0. Needs float32, and optimizers whose state can be put back.
    /// </summary>
    public int UnrolledSteps { get; init; }

    /// <summary>G's optimizer, chosen by its options: <see cref="AdamOptions"/>, <see cref="SgdOptions"/>, <see cref="RmsPropOptions"/>, <see cref="TorchOptimizerOptions"/>, or one of your own (<see cref="CustomOptimizerOptions"/>). Default DCGAN's Adam.</summary>
    public OptimizerOptions GeneratorOptimizer { get; init; } = new AdamOptions();

    /// <summary>D's optimizer, chosen in the same way. Default DCGAN's Adam.</summary>
    public OptimizerOptions DiscriminatorOptimizer { get; init; } = new AdamOptions();

    /// <summary>
    /// c, finite and above 0: each update of D ends by clipping every trained value of it to [−c, c], the Lipschitz constraint of the first Wasserstein GAN, where c is 0.01
    /// (Arjovsky et al. 2017). Null (the default) for none; a gradient penalty or spectral normalization constrains D with less harm (Gulrajani et al. 2017).
    /// </summary>
    public double? DiscriminatorWeightLimit { get; init; }

    /// <summary>
    /// Whether D judges real and generated samples in one pass instead of two: faster, and the same to rounding where D looks at each sample
    /// by itself. Null (the default) for yes where D has no convolutions (they get slower), is seen to do so on a small batch, and no penalty differentiates by its inputs
    /// (each would then pay for both sides). With batch norm a joint pass is another network: its statistics are those of the mixture.
    /// </summary>
    public bool? JointForward { get; init; }

    /// <summary>
    /// The type in which the networks compute. Default <see cref="Precision.Float32"/>, which every processor is fast in; <see cref="Precision.BFloat16"/> is
    /// up to twice as fast where the processor has instructions for it (AVX-512 BF16, AMX, NVIDIA's tensor cores).
    /// </summary>
    public Precision Precision { get; init; }

    /// <summary>
    /// The processes that train together; each then takes <see cref="RunOptions.BatchSize"/> samples of a batch of as many times the number of processes. Default: one process.
    /// Networks, buffers, optimizers and averages are those of rank 0 from the first step on; gradients, losses, batch norm's statistics, the guards' verdicts, reports and the end of a run are those of all ranks. Rank 0 alone
    /// reads and writes checkpoints, and all resume from them. Random draws of augmentations, penalties and dropout are each rank's own, and an endless distribution draws a rank's part as a batch by itself.
    /// </summary>
    public ICommunicator Communicator { get; init; } = SingleProcess.Instance;

    /// <summary>What the reports of <see cref="TrainingRun{TReport}.Every"/> measure, and on how many samples. Default: <see cref="DiagnosticOptions"/> with its own defaults, which have no auditor.</summary>
    public DiagnosticOptions Diagnostics { get; init; } = new();

    /// <summary>
    /// Objective and penalties of R3GAN (Huang et al. 2024): relativistic pairing, R1 and R2, Adam with β₁ = 0, annealed rates, and an average of G.
    /// Over the first half of the run β₂ rises from 0.9 to 0.99 and γ falls to a tenth; over the second half the rate falls to a hundredth.
    /// </summary>
    /// <remarks>
    /// It is not R3GAN itself, which has networks of its own, augments its samples, draws a fresh batch for G's step
    /// (<see cref="FreshGeneratorBatch"/>), lets the rate fall to a quarter from the start, and averages G over 500,000 images and more. On the grid of 25 Gaussians
    /// its schedule of the rate missed the modes' weights for one seed in five.
    /// </remarks>
    /// <param name="steps">Generator steps that the run will take, at least 2; the schedules follow it.</param>
    /// <param name="gamma">Weight of R1 and R2 at the start, above 0; see <see cref="GradientPenalty.Gamma"/> for its scale.</param>
    /// <param name="learningRate">Rate at the start, above 0. Default 2e-4.</param>
    /// <param name="penaltyEverySteps">
    /// Steps from one evaluation of R1 and R2 to the next, at least 1, with their weight kept on average (lazy regularization, Karras et al. 2020). Default 1, as R3GAN does. Most of a step's time is in these
    /// two: every 8 steps, more than twice as many steps fit into a time, which on garments gives the better images.
    /// </param>
    /// <returns>Options of a run of that many steps; what isn't named here has its default.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="steps"/> is below 2.</exception>
    public static TrainingOptions RegularizedRelativistic(long steps, double gamma, double learningRate = 2e-4, int penaltyEverySteps = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        var annealed = Schedule.Cosine(gamma, gamma / 10, steps / 2);
        var optimizer = new AdamOptions
        {
            LearningRate = Schedule.Cosine(learningRate, learningRate / 100, steps / 2, start: steps / 2),
            Beta1 = 0,
            Beta2 = Schedule.Cosine(0.9, 0.99, steps / 2),
        };
        return new TrainingOptions
        {
            Objective = GanObjective.RelativisticPaired,
            DiscriminatorPenalties = [new R1(annealed, penaltyEverySteps), new R2(annealed, penaltyEverySteps)],
            GeneratorOptimizer = optimizer,
            DiscriminatorOptimizer = optimizer,
            EmaHalfLifeImages = 10_000,
        };
    }

    /// <summary>The same options with a rate for each player: the two time-scale update rule (TTUR, Heusel et al. 2017), with which one step of D for each of G is enough.</summary>
    /// <param name="generatorRate">G's learning rate, a number or a schedule. SAGAN takes 1e-4.</param>
    /// <param name="discriminatorRate">D's, usually the larger one. SAGAN takes 4e-4.</param>
    /// <returns>A copy in which only the two learning rates differ. Parameter groups with a rate of their own keep it.</returns>
    public TrainingOptions WithTwoTimeScales(Schedule generatorRate, Schedule discriminatorRate)
    {
        ArgumentNullException.ThrowIfNull(generatorRate);
        ArgumentNullException.ThrowIfNull(discriminatorRate);
        return this with { GeneratorOptimizer = GeneratorOptimizer with { LearningRate = generatorRate }, DiscriminatorOptimizer = DiscriminatorOptimizer with { LearningRate = discriminatorRate } };
    }

    internal override IReadOnlyList<(string Name, OptimizerOptions? Options)> Optimizers => [(nameof(GeneratorOptimizer), GeneratorOptimizer), (nameof(DiscriminatorOptimizer), DiscriminatorOptimizer)];

    internal override ICommunicator Ranks => Communicator;

    internal override IReadOnlyList<string> Reporting => [.. base.Reporting, nameof(Diagnostics), nameof(Communicator)];

    internal TrialSettings Trial() => new(
        Objective, DiscriminatorPenalties, GeneratorPenalties, DiscriminatorWeightLimit, Augmentation, Labels, BatchSize / MicroBatches, MicroBatches == 1 ? "BatchSize" : "BatchSize / MicroBatches", Seed, Measures: Diagnostics.Samples > 0, Diagnostics.Samples > 0 ? Diagnostics.Auditor : null);

    private protected override IEnumerable<string> Faults(Dataset data)
    {
        if (Objective is null)
            yield return "Objective must not be null.";
        if (DiscriminatorPenalties is null || DiscriminatorPenalties.Any(penalty => penalty is null))
            yield return "DiscriminatorPenalties must be a list without null; use an empty list for none.";
        if (GeneratorPenalties is null || GeneratorPenalties.Any(penalty => penalty is null))
            yield return "GeneratorPenalties must be a list without null; use an empty list for none.";
        if (Communicator is null)
            yield return "Communicator must not be null; SingleProcess.Instance is the default.";
        else if (Communicator.Size < 1 || Communicator.Rank < 0 || Communicator.Rank >= Communicator.Size)
            yield return $"Communicator must have a Rank from 0 to its Size - 1 but has rank {Communicator.Rank} of {Communicator.Size}.";
        if (Labels is null)
            yield return "Labels must not be null; LabelSampler.OfData takes the data's.";
        if (MicroBatches < 1)
            yield return $"MicroBatches must be at least 1 but is {MicroBatches}.";
        else if (BatchSize % MicroBatches != 0)
            yield return $"MicroBatches must divide the BatchSize of {BatchSize} but is {MicroBatches}.";
        if (DiscriminatorSteps < 1)
            yield return $"DiscriminatorSteps must be at least 1 but is {DiscriminatorSteps}.";
        if (DiscriminatorWeightLimit is { } limit && !(limit > 0 && double.IsFinite(limit)))
            yield return FormattableString.Invariant($"DiscriminatorWeightLimit must be finite and above 0, or null for none, but is {limit}.");
        if (UnrolledSteps < 0)
            yield return $"UnrolledSteps must be at least 0 but is {UnrolledSteps}.";
        if (UnrolledSteps > 0 && Precision != Precision.Float32)
            yield return $"UnrolledSteps needs Precision.Float32 but Precision is {Precision}.";
        if (UnrolledSteps > 0 && DiscriminatorOptimizer is { HasReachableState: false })
            yield return "UnrolledSteps puts D's optimizer back, which DiscriminatorOptimizer, one of torch's, doesn't allow. Use one of GanSharp's, or a CustomOptimizerOptions.";
        if (!Enum.IsDefined(Precision))
            yield return $"Precision must be Float32 or BFloat16 but is {Precision}.";
        else if (Precision != Precision.Float32 && TensorData.Refusal is { } refusal)
            yield return $"Precision must be Float32 here but is {Precision}: {refusal}.";
        foreach (var fault in Diagnostics?.Faults(nameof(Diagnostics)) ?? ["Diagnostics must not be null."])
            yield return fault;
        foreach (var fault in base.Faults(data))
            yield return fault;
    }
}
