using GanSharp.Diagnostics.Calibration;
using GanSharp.Divergences;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Sampling;

/// <summary>
/// G as the proposal distribution p_g of a sampler whose target is p_d = r · p_g, with the log ratio ln r = ln p_d/p_g that corrects for the difference.
/// </summary>
/// <remarks>
/// Every sampler in this namespace needs ln r only up to a constant, which cancels, so <see cref="RatioKind.UpToConstant"/> is as good as
/// <see cref="RatioKind.Exact"/>. The scale of ln r does matter: an overconfident D over-corrects. Pass a <see cref="PlattScaling"/> that was fitted on samples
/// that D wasn't trained on. The results are distributed as r̂ · p_g, normalized: p_d if D is optimal, otherwise only as good as D;
/// a mode that G never produces can't be recovered.
/// </remarks>
public sealed class GeneratorProposal
{
    private readonly GeneratorNetwork generator;
    private readonly Func<Tensor, Tensor> logRatio;

    /// <summary>Rates G's samples with any function, such as a known density ratio or an ensemble of discriminators.</summary>
    /// <param name="generator">G, not conditional on labels; the caller disposes it.</param>
    /// <param name="logRatio">Maps samples of shape [N, …] to ln r up to a constant, shape [N].</param>
    public GeneratorProposal(GeneratorNetwork generator, Func<Tensor, Tensor> logRatio)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(logRatio);
        (this.generator, this.logRatio) = (generator, logRatio);
    }

    /// <summary>Rates G's samples with a discriminator.</summary>
    /// <param name="generator">G, not conditional on labels; the caller disposes it.</param>
    /// <param name="discriminator">D, preferably trained to convergence against the current G; the caller disposes it.</param>
    /// <param name="objective">The objective that D was trained with, which says what its logit means.</param>
    /// <param name="calibration">Applied to <see cref="GanObjective.LogDensityRatio"/> of D's logits. Default null: D's logits are used unmodified.</param>
    /// <exception cref="DiagnosticRefusedException">The objective's logit is no density ratio.</exception>
    /// <exception cref="ArgumentException">D judges several samples per logit, or the calibration isn't usable.</exception>
    public GeneratorProposal(GeneratorNetwork generator, DiscriminatorNetwork discriminator, GanObjective objective, PlattScaling? calibration = null)
        : this(generator, LogRatioOf(discriminator, objective, calibration))
    {
    }

    /// <summary>The device of G and its samples.</summary>
    internal Device Device => generator.Device();

    /// <summary>ln r of samples, validated.</summary>
    /// <param name="samples">Tensor of shape [N, …].</param>
    /// <returns>Float64 tensor of shape [N] on G's device.</returns>
    /// <exception cref="DiagnosticRefusedException">A log ratio is NaN or +∞.</exception>
    /// <exception cref="ArgumentException">The log ratio that was given at construction returned another shape than [N].</exception>
    public Tensor LogRatios(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var ratios = logRatio(samples).to(Device).to(ScalarType.Float64);
        if (ratios.dim() != 1 || ratios.shape[0] != samples.shape[0])
            throw new ArgumentException($"logRatio must return shape {Shape.Format([samples.shape[0]])} for {samples.shape[0]} samples but returned {Shape.Format(ratios.shape)}.", nameof(samples));
        var faults = ratios.lt(double.PositiveInfinity).logical_not().sum().item<long>();
        if (faults > 0)
            throw new DiagnosticRefusedException($"The log ratio is NaN or +∞ at {faults} of {samples.shape[0]} samples, so that no sample could be weighed against another. Check the discriminator for divergence.");
        return ratios.MoveToOuterDisposeScope();
    }

    /// <summary>Draws samples of G and rates them.</summary>
    /// <param name="count">At least 1.</param>
    /// <param name="random">Source of the latents, on G's device; torch's global one where null.</param>
    /// <returns>Samples of shape [count, …] and their log ratios, float64 of shape [count], both on G's device; the caller (or its dispose scope) owns them.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    /// <exception cref="DiagnosticRefusedException">A log ratio is NaN or +∞.</exception>
    public ScoredSamples Draw(int count, torch.Generator? random = null)
    {
        using var scope = NewDisposeScope();
        var samples = generator.Sample(count, labels: null, random);
        var logRatios = LogRatios(samples);
        return new ScoredSamples(samples.MoveToOuterDisposeScope(), logRatios.MoveToOuterDisposeScope());
    }

    private static Func<Tensor, Tensor> LogRatioOf(DiscriminatorNetwork discriminator, GanObjective objective, PlattScaling? calibration)
    {
        ArgumentNullException.ThrowIfNull(discriminator);
        ArgumentNullException.ThrowIfNull(objective);
        if (objective.Ratio == RatioKind.None)
            throw new DiagnosticRefusedException($"The logit of {objective} is no density ratio, so that it can't weigh samples. Train a second discriminator by {nameof(GanObjective.Minimax)} against the frozen generator, or give a log ratio of your own.");
        if (discriminator.SamplesPerLogit != 1)
            throw new ArgumentException($"discriminator must judge one sample per logit but judges {discriminator.SamplesPerLogit}, whose ratio is of packs of samples.", nameof(discriminator));
        if (calibration is { Scale: not > 0 } useless)
            throw new ArgumentException(FormattableString.Invariant($"calibration must have a scale above 0 but has {useless.Scale}: the logits it was fitted on tell nothing, or the reverse."), nameof(calibration));
        return samples =>
        {
            var ratios = objective.LogDensityRatio(discriminator.Logits(samples))!;
            return calibration is { } fitted ? fitted.Apply(ratios) : ratios;
        };
    }
}
