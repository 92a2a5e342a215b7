using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Objectives;

/// <summary>
/// InfoGAN (Chen et al. 2016): beside their game, D and G maximize a lower bound of the mutual information between a code and the samples, λ E[ln Q(c|G(z, c))] + H(c), so that each part of
/// the code comes to mean something that can be seen. D's outputs are Q's: <see cref="Networks.DiscriminatorOutput.ClassLogits"/> for a categorical code,
/// <see cref="Networks.DiscriminatorOutput.Codes"/> for continuous ones.
/// </summary>
/// <remarks>
/// The categorical code is the class that G is asked for, drawn by <c>LabelSampler.Uniform</c>, so the data needs no labels; the continuous codes are the first latents, as many as D returns, and Q(c|x) is a normal
/// distribution with D's output as its mean and variance 1. Constants, H(c) among them, are left out.
/// </remarks>
public sealed class InfoGan : ObjectiveWrapper
{
    private const string Term = "information";

    /// <summary>Creates the objective.</summary>
    /// <param name="game">The game that is played beside. Null (the default) for <see cref="GanObjective.NonSaturating"/>.</param>
    /// <param name="categoricalWeight">λ of the categorical code, finite and at least 0. Default 1, as in the paper.</param>
    /// <param name="continuousWeight">λ of the continuous codes, likewise. Default 0.1; the paper takes less than for the categorical one, since their scale is another.</param>
    /// <exception cref="ArgumentOutOfRangeException">A weight isn't finite and at least 0.</exception>
    public InfoGan(GanObjective? game = null, double categoricalWeight = 1, double continuousWeight = 0.1)
        : base(game ?? NonSaturating)
    {
        ObjectiveWeight.ThrowIfInvalid(categoricalWeight, nameof(categoricalWeight));
        ObjectiveWeight.ThrowIfInvalid(continuousWeight, nameof(continuousWeight));
        (CategoricalWeight, ContinuousWeight) = (categoricalWeight, continuousWeight);
    }

    /// <summary>λ of the categorical code.</summary>
    public double CategoricalWeight { get; }

    /// <summary>λ of the continuous codes.</summary>
    public double ContinuousWeight { get; }

    /// <summary>The game's terms, and "information": λ times −ln Q(c|x) of the generated sample, up to constants.</summary>
    /// <inheritdoc/>
    public override LossTerms DiscriminatorLoss(ObjectiveContext context) => Add(Game.DiscriminatorLoss(context), context);

    /// <summary>The same.</summary>
    /// <inheritdoc/>
    public override LossTerms GeneratorLoss(ObjectiveContext context) => Add(Game.GeneratorLoss(context), context);

    private LossTerms Add(LossTerms terms, ObjectiveContext context)
    {
        var output = context.Fake;
        if (output.ClassLogits is null && output.Codes is null)
            throw new InvalidOperationException($"{nameof(InfoGan)} needs what D reads of the code, but it returned nothing of it: return new {nameof(Networks.DiscriminatorOutput)}(logits, {nameof(output.ClassLogits)}: …) for a categorical code, or with {{ {nameof(output.Codes)} = … }} for continuous ones");
        if (output.ClassLogits is { } logits)
            terms[Term] = functional.cross_entropy(logits, Labels(context), reduction: Reduction.None) * CategoricalWeight;
        // A diagnostic that asks for the gradient in the logits alone has no latents.
        if (output.Codes is { } codes && context.Latents is { } latents)
            terms[Term] = (codes - First(latents, codes)).square().flatten(1).sum(1) * (ContinuousWeight / 2);
        return terms;
    }

    private static Tensor Labels(ObjectiveContext context) => context.FakeLabels
        ?? throw new InvalidOperationException($"{nameof(InfoGan)} needs the classes that G was asked for as the categorical code, but there are none: set Labels = LabelSampler.Uniform(classes)");

    private static Tensor First(Tensor latents, Tensor codes) => codes.dim() == 2 && codes.shape[1] <= latents.shape[1] ? latents.detach().narrow(1, 0, codes.shape[1]).to(codes.dtype)
        : throw new InvalidOperationException($"{nameof(InfoGan)} needs {nameof(Networks.DiscriminatorOutput.Codes)} of shape [N, number of codes], at most the {latents.shape[1]} latents, but D returned shape [{string.Join(", ", codes.shape)}]");
}
