using GanSharp.Communication;
using GanSharp.Networks;
using GanSharp.Schedules;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Penalties;

/// <summary>
/// LeCam regularization: λ (E_pd(l(x) − α_fake)² + E_pg(l(x) − α_real)²), where the α are moving averages of D's mean logits of either kind (Tseng et al. 2021), against overfitting on
/// little data. Each average takes the pass's mean in before it is used, and begins with the first one.
/// </summary>
/// <param name="weight">λ, at least 0; a number or a schedule. The paper takes values from 0.01 to 0.5, and 0 during a warm-up.</param>
/// <param name="decay">What remains of an average at each evaluation, at least 0 and below 1. Default 0.99, as in the paper.</param>
/// <param name="everySteps">Steps between evaluations, at least 1, with the weight multiplied by as much. Default 1.</param>
public sealed class LeCam(Schedule weight, double decay = 0.99, int everySteps = 1) : DiscriminatorPenalty, IStateful
{
    private (RunningMean Real, RunningMean Fake)? means;

    /// <summary>The weight λ.</summary>
    public Schedule Weight { get; } = PenaltyRule.Weight(weight);

    /// <summary>What remains of an average at each evaluation.</summary>
    public double Decay { get; } = PenaltyRule.Decay(decay);

    /// <inheritdoc/>
    public override int EverySteps { get; } = PenaltyRule.EverySteps(everySteps);

    /// <summary>The two averages, float64 scalars on D's device, each with a scalar that says whether it has started; none before <see cref="Begin"/> or the first evaluation.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> State => means is { } made ? [.. made.Real.State("real"), .. made.Fake.State("fake")] : [];

    /// <inheritdoc/>
    public double[] Scalars
    {
        get => [];
        set { }
    }

    /// <inheritdoc/>
    public override void Begin(GeneratorNetwork generator, DiscriminatorNetwork discriminator)
    {
        ArgumentNullException.ThrowIfNull(discriminator);
        means = Make(discriminator.Device());
    }

    /// <inheritdoc/>
    public override Tensor Evaluate(DiscriminatorPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var (real, fake) = means ??= Make(pass.Real.Logits.device);
        real.Update(AcrossRanks.Mean(pass.Real.Logits.detach().mean()), pass.Part.Count);
        fake.Update(AcrossRanks.Mean(pass.Fake.Logits.detach().mean()), pass.Part.Count);
        return ((pass.Real.Logits - fake.Value).square() + (pass.Fake.Logits - real.Value).square()) * Weight.At(pass.Step);
    }

    private (RunningMean, RunningMean) Make(Device device) => (new(Decay, startsAtZero: false, device), new(Decay, startsAtZero: false, device));
}
