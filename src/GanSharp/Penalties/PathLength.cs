using GanSharp.Communication;
using GanSharp.Networks;
using GanSharp.Schedules;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Penalties;

/// <summary>
/// Path length regularization: λ E(‖∂(G(z) · y)/∂z‖ − a)² with y ~ N(0, I) over the root of an image's number of pixels, and a the moving average of that length
/// (Karras et al. 2020, StyleGAN2), so that a step in z changes the samples by as much wherever it is taken. a takes the pass's mean in before it is used, begins at 0 as in the authors'
/// code, and is a constant to the gradient.
/// </summary>
/// <param name="weight">λ, at least 0; a number or a schedule. Default 2, as in the authors' code.</param>
/// <param name="decay">What remains of the average at each evaluation, at least 0 and below 1. Default 0.99, as in the authors' code.</param>
/// <param name="everySteps">Steps between evaluations, at least 1, with the weight multiplied by as much. Default 4, as in the authors' code.</param>
public sealed class PathLength(Schedule? weight = null, double decay = 0.99, int everySteps = 4) : GeneratorPenalty, IStateful
{
    private RunningMean? mean;

    /// <summary>The weight λ.</summary>
    public Schedule Weight { get; } = PenaltyRule.Weight(weight ?? 2);

    /// <summary>What remains of the average at each evaluation.</summary>
    public double Decay { get; } = PenaltyRule.Decay(decay);

    /// <inheritdoc/>
    public override int EverySteps { get; } = PenaltyRule.EverySteps(everySteps);

    /// <inheritdoc/>
    public override bool NeedsLatentGradient => true;

    /// <summary>The average, a float64 scalar on G's device, with a scalar that says whether it has started; none before <see cref="Begin"/> or the first evaluation.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> State => mean is null ? [] : [.. mean.State("mean")];

    /// <inheritdoc/>
    public double[] Scalars
    {
        get => [];
        set { }
    }

    /// <inheritdoc/>
    public override void Begin(GeneratorNetwork generator, DiscriminatorNetwork discriminator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        mean = Make(generator.Device());
    }

    /// <inheritdoc/>
    public override Tensor Evaluate(GeneratorPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var samples = pass.Samples;
        var pixels = samples.shape.Skip(2).Aggregate(1L, (product, length) => product * length);
        var noise = randn(samples.shape, samples.dtype, samples.device, generator: pass.Random) / Math.Sqrt(pixels);
        var lengths = SafeNorm.OfSquares(LatentGradient(samples * noise, pass).square().sum(1));
        mean ??= Make(samples.device);
        mean.Update(AcrossRanks.Mean(lengths.detach().mean()), pass.Part.Count);
        return (lengths - mean.Value).square() * Weight.At(pass.Step);
    }

    private RunningMean Make(Device device) => new(Decay, startsAtZero: true, device);
}
