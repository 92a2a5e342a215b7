using static TorchSharp.torch;

namespace GanSharp.Penalties;

/// <summary>A term that the trainer adds to D's loss, such as a gradient penalty.</summary>
public abstract class DiscriminatorPenalty : Penalty
{
    private const string LogitsBySamples = "logits with respect to samples";
    private const string Cause = "D cuts them off by detach, no_grad or a value that was read out, or it judged other samples";

    /// <summary>Whether the penalty differentiates the logits of real samples with respect to the samples. Default false.</summary>
    public virtual bool NeedsRealGradient => false;

    /// <summary>Whether the penalty differentiates the logits of generated samples with respect to the samples. Default false.</summary>
    public virtual bool NeedsFakeGradient => false;

    /// <summary>The penalty of one pass.</summary>
    /// <param name="pass">What D judged and said.</param>
    /// <returns>Penalties, shape [N], one per sample or one per logit, differentiable in D's parameters; the trainer takes the mean.</returns>
    public abstract Tensor Evaluate(DiscriminatorPass pass);

    /// <summary>∇ₓ l(x) at each sample of one side of the pass, differentiable in D's parameters.</summary>
    /// <param name="judged"><c>pass.Real</c> or <c>pass.Fake</c>.</param>
    /// <returns>
    /// Tensor of the samples' shape. Each sample has the gradient of its own logit, because no other logit depends on it; where a logit judges
    /// several samples (<see cref="Networks.DiscriminatorNetwork.SamplesPerLogit"/>), it has its part of that logit's gradient.
    /// </returns>
    /// <exception cref="InvalidOperationException">
    /// The samples require no gradient, because neither <see cref="NeedsRealGradient"/> nor <see cref="NeedsFakeGradient"/> asked for that side's, or D cuts its logits off from them.
    /// </exception>
    protected Tensor InputGradient(JudgedSamples judged)
    {
        ArgumentNullException.ThrowIfNull(judged);
        return Gradient(
            judged.Logits, judged.Samples, LogitsBySamples,
            $"A trainer gives it to those of pass.Real where {nameof(NeedsRealGradient)} returns true (it returns {NeedsRealGradient}) and to those of pass.Fake where {nameof(NeedsFakeGradient)} does ({NeedsFakeGradient}).",
            Cause);
    }

    /// <summary>‖∇ₓ l(x)‖² per logit, differentiable in D's parameters: over all samples that the logit judges.</summary>
    /// <param name="judged"><c>pass.Real</c> or <c>pass.Fake</c>.</param>
    /// <returns>Tensor of the logits' shape.</returns>
    /// <inheritdoc cref="InputGradient(JudgedSamples)" path="/exception"/>
    protected Tensor SquaredInputGradientNorm(JudgedSamples judged)
    {
        ArgumentNullException.ThrowIfNull(judged);
        return SquaredNorms(InputGradient(judged), judged.Logits);
    }

    /// <summary>∇ₓ l(x) at samples of the penalty's own, such as points between real and generated ones, differentiable in D's parameters.</summary>
    /// <param name="logits">What D said of them, shape [N / samples per logit], with its graph.</param>
    /// <param name="samples">What D judged, shape [N, …]: <c>requires_grad_(true)</c> must be called on it before.</param>
    /// <returns>Tensor of the samples' shape.</returns>
    /// <exception cref="InvalidOperationException">The samples require no gradient, or the logits don't depend on them.</exception>
    protected Tensor InputGradient(Tensor logits, Tensor samples) =>
        Gradient(logits, samples, LogitsBySamples, "Call samples.requires_grad_(true) before D judges them.", Cause);

    /// <summary>‖gradient‖² per logit: over all samples that it judges.</summary>
    private protected static Tensor SquaredNorms(Tensor gradient, Tensor logits)
    {
        var squares = gradient.square().flatten(1).sum(1);
        var perLogit = squares.shape[0] / logits.shape[0];
        return perLogit == 1 ? squares : squares.view(-1, perLogit).sum(1);
    }
}
