using System.Globalization;
using GanSharp.Data;
using GanSharp.Diagnostics.Calibration;
using GanSharp.Divergences;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Objectives;
using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Game;

/// <summary>
/// What G learns from: the size and direction of the gradient with respect to its parameters under eq. 21, under the non-saturating loss, and under the objective
/// of the run. Where D wins, eq. 21 weights a sample by D ≈ 0 and the non-saturating loss by 1 − D ≈ 1 (Goodfellow et al. 2014; Arjovsky and Bottou 2017).
/// </summary>
public sealed record GradientSignal
{
    /// <summary>Norm of the gradient of E ln(1 − D(G(z))) (eq. 21) with respect to G's parameters.</summary>
    public required double SaturatingNorm { get; init; }

    /// <summary>Norm of the gradient of −E ln D(G(z)).</summary>
    public required double NonSaturatingNorm { get; init; }

    /// <summary>Norm of the gradient of the objective's generator loss.</summary>
    public required double ObjectiveNorm { get; init; }

    /// <summary>Cosine of the angle between eq. 21's gradient and the non-saturating one; NaN where either is 0.</summary>
    public required double SaturatingCosine { get; init; }

    /// <summary>Cosine of the angle between the objective's gradient and the non-saturating one; NaN where either is 0.</summary>
    public required double ObjectiveCosine { get; init; }

    /// <summary>Mean D(G(z)): the mean |∂/∂l| of eq. 21, exactly.</summary>
    public required double SaturatingWeight { get; init; }

    /// <summary>Mean 1 − D(G(z)): the mean |∂/∂l| of the non-saturating loss, exactly.</summary>
    public required double NonSaturatingWeight { get; init; }

    /// <summary>Norm under eq. 21 divided by that of the non-saturating loss: near 0 where eq. 21 has saturated; NaN where both are 0.</summary>
    public double Ratio => SaturatingNorm / NonSaturatingNorm;

    /// <summary>
    /// Measures on one batch, in the networks' current modes, because training uses them. Nothing changes: gradients aren't accumulated,
    /// and buffers such as batch norm's statistics are restored.
    /// </summary>
    /// <param name="generator">G, with at least one parameter that isn't frozen.</param>
    /// <param name="discriminator">D.</param>
    /// <param name="objective">
    /// The objective that they were trained with. Where its logits are a log ratio up to a constant, they are calibrated on the batch for the saturating and
    /// non-saturating losses, in which D is a probability.
    /// </param>
    /// <param name="data">Source of real samples and labels.</param>
    /// <param name="samples">Batch size, at least 2. Default 256. Because of noise, the norm of a batch's gradient is larger than that of the mean gradient.</param>
    /// <param name="seed">Determines samples and latents. Default 0.</param>
    /// <returns>Norms, cosines and weights of the batch's three gradients.</returns>
    /// <exception cref="DiagnosticRefusedException">The objective's logits provide no ratio, or no parameter of G is trainable.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> is below 2.</exception>
    /// <exception cref="ArgumentException"><paramref name="samples"/> isn't a multiple of the samples that D judges together.</exception>
    public static GradientSignal Measure(
        GeneratorNetwork generator, DiscriminatorNetwork discriminator, GanObjective objective, Dataset data, int samples = 256, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(discriminator);
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 2);
        if (samples % discriminator.SamplesPerLogit != 0)
            throw new ArgumentException($"samples must be a multiple of the {discriminator.SamplesPerLogit} that {discriminator.GetType().Name} judges together but is {samples}.", nameof(samples));
        if (objective.Ratio == RatioKind.None)
            throw new DiagnosticRefusedException($"{objective}'s logits are no density ratio, so D is no probability and eq. 21 has no meaning for it.");
        using var scope = NewDisposeScope();
        Tensor[] parameters = [.. generator.parameters().Where(parameter => parameter.requires_grad)];
        if (parameters.Length == 0)
            throw new DiagnosticRefusedException($"Every parameter of {generator.GetType().Name} is frozen, so it gets no gradient.");
        using var fork = GlobalRandom.Fork(seed, "gradient signal");
        using var generatorBefore = new NetworkSnapshot(generator);
        using var discriminatorBefore = new NetworkSnapshot(discriminator);
        try
        {
            var device = generator.Device();
            var drawn = data.Read(seed, 0, samples);
            var labels = drawn.Labels?.to(device);
            using var random = SeededRandom.Create(seed, "latents of a gradient signal", device: device);
            var real = discriminator.call(drawn.Samples.to(device), labels).Detach();
            var latents = generator.Prior.Sample(samples, random, device);
            var fake = discriminator.call(generator.call(latents, labels), labels);
            var logRatios = LogRatios(objective, real.Logits, fake.Logits);
            Tensor Gradient(Tensor losses) => GradientOf(losses.mean(), parameters);
            var saturating = Gradient(GanObjective.Minimax.GeneratorLoss(logRatios, null));
            var nonSaturating = Gradient(GanObjective.NonSaturating.GeneratorLoss(logRatios, null));
            using var context = new ObjectiveContext(objective.GeneratorNeedsReal ? real : null, fake, () => SeededRandom.Create(seed, "objective of a gradient signal", device: device)) { RealLabels = labels, FakeLabels = labels, Latents = latents };
            var own = GradientOf(objective.GeneratorLoss(context).Total(), parameters);
            var probability = logRatios.detach().to(ScalarType.Float64).sigmoid();
            return new GradientSignal
            {
                SaturatingNorm = Norm(saturating),
                NonSaturatingNorm = Norm(nonSaturating),
                ObjectiveNorm = Norm(own),
                SaturatingCosine = Cosine(saturating, nonSaturating),
                ObjectiveCosine = Cosine(own, nonSaturating),
                SaturatingWeight = probability.mean().item<double>(),
                NonSaturatingWeight = (-logRatios.detach().to(ScalarType.Float64)).sigmoid().mean().item<double>(),
            };
        }
        finally
        {
            generatorBefore.Restore();
            discriminatorBefore.Restore();
        }
    }

    /// <summary>"norm 0.0012 saturating, 0.2100 non-saturating (ratio 0.0057), 0.0012 objective; mean D 0.0060".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"norm {SaturatingNorm:0.0000} saturating, {NonSaturatingNorm:0.0000} non-saturating (ratio {Ratio:0.0000}), {ObjectiveNorm:0.0000} objective; mean D {SaturatingWeight:0.0000}");

    private static Tensor LogRatios(GanObjective objective, Tensor real, Tensor fake) => objective.Ratio == RatioKind.Exact
        ? objective.LogDensityRatio(fake)!
        : PlattScaling.Fit(real, fake.detach()).Apply(fake);

    /// <summary>The complete gradient as one float64 vector; 0 for a parameter that the loss doesn't depend on.</summary>
    private static Tensor GradientOf(Tensor loss, Tensor[] parameters)
    {
        // Backward on a loss without a graph would end the process.
        if (!loss.requires_grad)
            return zeros(parameters.Sum(parameter => parameter.numel()), ScalarType.Float64, parameters[0].device);
        var parts = autograd.grad([loss], parameters, retain_graph: true, create_graph: false, allow_unused: true);
        return cat([.. parts.Zip(parameters, (part, parameter) =>
            part is { IsInvalid: false } ? part.flatten().to(ScalarType.Float64) : zeros(parameter.numel(), ScalarType.Float64, parameter.device))]);
    }

    private static double Norm(Tensor vector) => vector.norm().item<double>();

    private static double Cosine(Tensor left, Tensor right) => (left * right).sum().item<double>() / (Norm(left) * Norm(right));
}
