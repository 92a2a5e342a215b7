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
/// G as the proposal distribution p_g of a sampler whose target is p_d = r · p_g, with the log ratio ln r = ln p_d/p_g that makes up for G's faults.
/// </summary>
/// <remarks>
/// Every sampler of this layer needs ln r only up to a constant, which cancels in each of them, so <see cref="RatioKind.UpToConstant"/> is as good as
/// <see cref="RatioKind.Exact"/>. Its scale does matter: an overconfident D over-corrects. Give a <see cref="PlattScaling"/>, fitted on samples
/// that D was not trained on. What comes out is distributed as r̂ · p_g, normalized: p_d where D is optimal, and no better than D elsewhere;
/// a mode that G never produces can't be brought back.
/// </remarks>
public sealed class GeneratorProposal
{
    private readonly GeneratorNetwork generator;
    private readonly Func<Tensor, Tensor> logRatio;

    /// <summary>Rates G's samples by any function, such as a known density ratio or an ensemble of discriminators.</summary>
    /// <param name="generator">G, not conditional on labels; the caller disposes it.</param>
    /// <param name="logRatio">From samples of shape [N, …] to ln r up to a constant, shape [N].</param>
    public GeneratorProposal(GeneratorNetwork generator, Func<Tensor, Tensor> logRatio)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(logRatio);
        (this.generator, this.logRatio) = (generator, logRatio);
    }

    /// <summary>Rates G's samples by a discriminator.</summary>
    /// <param name="generator">G, not conditional on labels; the caller disposes it.</param>
    /// <param name="discriminator">D, best trained to the end against G as it is now; the caller disposes it.</param>
    /// <param name="objective">What D was trained by, which says what its logit means.</param>
    /// <param name="calibration">Applied to <see cref="GanObjective.LogDensityRatio"/> of D's logits. Default null: D is taken at its word.</param>
    /// <exception cref="DiagnosticRefusedException">The objective's logit is no density ratio.</exception>
    /// <exception cref="ArgumentException">D judges several samples a logit, or the calibration says nothing.</exception>
    public GeneratorProposal(GeneratorNetwork generator, DiscriminatorNetwork discriminator, GanObjective objective, PlattScaling? calibration = null)
        : this(generator, LogRatioOf(discriminator, objective, calibration))
    {
    }

    /// <summary>Where G and its samples live.</summary>
    internal Device Device => generator.Device();

    /// <summary>ln r of samples, checked.</summary>
    /// <param name="samples">Tensor of shape [N, …].</param>
    /// <returns>Float64 tensor of shape [N] on G's device.</returns>
    /// <exception cref="DiagnosticRefusedException">A log ratio is NaN or +∞.</exception>
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

    /// <summary>Fresh samples of G with their log ratios.</summary>
    /// <param name="count">At least 1.</param>
    /// <param name="random">Source of the latents, of G's device; torch's global one where null.</param>
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
            throw new ArgumentException($"discriminator must judge one sample a logit but judges {discriminator.SamplesPerLogit}, whose ratio is of packs of samples.", nameof(discriminator));
        if (calibration is { Scale: not > 0 } useless)
            throw new ArgumentException(FormattableString.Invariant($"calibration must have a scale above 0 but has {useless.Scale}: the logits it was fitted on tell nothing, or the reverse."), nameof(calibration));
        return samples =>
        {
            var ratios = objective.LogDensityRatio(discriminator.Logits(samples))!;
            return calibration is { } fitted ? fitted.Apply(ratios) : ratios;
        };
    }
}
