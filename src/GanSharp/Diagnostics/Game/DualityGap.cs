using System.Globalization;
using GanSharp.Data;
using GanSharp.Divergences;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization.Flat;
using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Game;

/// <summary>
/// The duality gap of the minimax game, max over D′ of V(D′, G) − min over G′ of V(D, G′), in nats: how much the players could still gain if the other
/// were held fixed. It is 0 at an equilibrium and at least 2 JSD(p_d‖p_g) elsewhere (Grnarova et al. 2019).
/// </summary>
/// <remarks>
/// Each player starts from the current networks, learns for a stated number of steps on the training data, and is evaluated on held-out data.
/// Neither reaches its optimum in finitely many steps, so the gap is biased low: a large gap is reliable, a small one isn't.
/// The networks are in evaluation mode, as for samples of G and for the value of the game.
/// </remarks>
public sealed record DualityGap
{
    /// <summary>The gap in nats. Its 95% interval covers the sampling error on held-out samples, not the bias of the finite number of steps.</summary>
    public required Estimate Value { get; init; }

    /// <summary>V(D′, G), the value reached by the best response to G, in nats.</summary>
    public required double BestDiscriminatorValue { get; init; }

    /// <summary>V(D, G′), the value reached by the best response to D, in nats.</summary>
    public required double BestGeneratorValue { get; init; }

    /// <summary>Steps that each player took.</summary>
    public required int Steps { get; init; }

    /// <summary>Trains a best response to each player and evaluates both on held-out data.</summary>
    /// <param name="generator">G.</param>
    /// <param name="generatorParameters">G's flat parameters; a trainer has them (<c>GanTrainer.MeasureDualityGap</c>). Creating new ones would detach the trainer's.</param>
    /// <param name="discriminator">D.</param>
    /// <param name="discriminatorParameters">D's flat parameters.</param>
    /// <param name="objective">The objective that D was trained with; its logits must be exactly the log density ratio, because V is a function of ln p_d/p_g.</param>
    /// <param name="data">p_d, with held-out data.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the measurement; the networks are restored.</param>
    /// <returns>The gap and both values in nats. The networks are restored bit for bit, with zero gradients.</returns>
    /// <exception cref="ArgumentException">An option is invalid; the message lists every invalid option.</exception>
    /// <exception cref="DiagnosticRefusedException">The objective's logits provide no ratio, or there is too little held-out data.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static DualityGap Measure(
        GeneratorNetwork generator, FlatParameters generatorParameters, DiscriminatorNetwork discriminator, FlatParameters discriminatorParameters,
        GanObjective objective, Dataset data, DualityGapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(generatorParameters);
        ArgumentNullException.ThrowIfNull(discriminator);
        ArgumentNullException.ThrowIfNull(discriminatorParameters);
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new DualityGapOptions();
        options.ThrowIfInvalid();
        if (options.BatchSize % discriminator.SamplesPerLogit != 0)
            throw new ArgumentException($"BatchSize must be a multiple of the {discriminator.SamplesPerLogit} samples that {discriminator.GetType().Name} judges together but is {options.BatchSize}.", nameof(options));
        if (objective.Ratio != RatioKind.Exact)
            throw new DiagnosticRefusedException($"V is a function of ln p_d/p_g, and {objective}'s logits don't state it exactly. Audit the generator instead.");
        var heldOut = data.HeldOut ?? throw new DiagnosticRefusedException($"'{data.Name}' has no held-out data to value the players on. Set a part aside, for instance with InMemoryDataset.Split.");
        if (heldOut.Count < 10)
            throw new DiagnosticRefusedException($"'{data.Name}' holds out {heldOut.Count} samples, too few to value the players on. Hold out 10 or more.");

        using var scope = NewDisposeScope();
        using var fork = GlobalRandom.Fork(options.Seed, "duality gap");
        var game = new BestResponse(generator, generatorParameters, discriminator, discriminatorParameters, objective, data, options);
        return game.Play(heldOut, cancellationToken);
    }

    /// <summary>"0.2235 ± 0.0120 nats (V(D', G) -1.1630, V(D, G') -1.3865, 200 steps each)".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Value} nats (V(D', G) {BestDiscriminatorValue:0.0000}, V(D, G') {BestGeneratorValue:0.0000}, {Steps} steps each)");
}
