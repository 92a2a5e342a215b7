using GanSharp.Data;
using GanSharp.Optimization;
using GanSharp.Schedules;
using GanSharp.Training.Runs;

namespace GanSharp.Training.Autoencoders;

/// <summary>Everything that an <see cref="AutoencoderTrainer"/> can be told. The defaults maximize the evidence lower bound with Adam.</summary>
public sealed record AutoencoderOptions : RunOptions
{
    /// <summary>
    /// The optimizer, chosen by its options. Encoder, decoder and likelihood each have one of their own, so <see cref="OptimizerOptions.MaximumGradientNorm"/> limits each, and
    /// <see cref="OptimizerOptions.ParameterGroups"/> see the parameters' names within each; a group may match nothing in some of them. Default Adam with its usual β₁ of 0.9 and a rate of 1e-3: there is no opponent that moves.
    /// </summary>
    public OptimizerOptions Optimizer { get; init; } = new AdamOptions { LearningRate = 1e-3, Beta1 = 0.9 };

    /// <summary>
    /// β, the weight of the KL, finite and at least 0; a number or a <see cref="Schedule"/> over steps. Default 1, the bound itself. Above 1 the coordinates of z separate (β-VAE of Higgins
    /// et al. 2017); raising it from 0 keeps z from being ignored early (Bowman et al. 2016). Reports always state the bound, with a weight of 1.
    /// </summary>
    public Schedule Beta { get; init; } = 1;

    /// <summary>λ in nats per coordinate of z, finite and at least 0: a coordinate whose KL is below λ isn't pressed lower (free bits of Kingma et al. 2016). Default 0.</summary>
    public double FreeBits { get; init; }

    /// <summary>Held-out samples whose bound the reports of <see cref="TrainingRun{TReport}.Every"/> measure, at least 2, or 0 for none; fewer where there are fewer. Default 1,000.</summary>
    public int HeldOutSamples { get; init; } = 1_000;

    internal override IReadOnlyList<(string Name, OptimizerOptions? Options)> Optimizers => [(nameof(Optimizer), Optimizer)];

    internal override IReadOnlyList<string> Reporting => [.. base.Reporting, nameof(HeldOutSamples)];

    private protected override IEnumerable<string> Faults(Dataset data)
    {
        if (!Beta.All(value => value >= 0 && double.IsFinite(value)))
            yield return $"Beta must be finite and at least 0 but is {Beta}.";
        if (!(FreeBits >= 0 && double.IsFinite(FreeBits)))
            yield return FormattableString.Invariant($"FreeBits must be finite and at least 0 but is {FreeBits}.");
        if (HeldOutSamples is < 0 or 1)
            yield return $"HeldOutSamples must be 0 (none) or at least 2 but is {HeldOutSamples}.";
        foreach (var fault in base.Faults(data))
            yield return fault;
    }
}
