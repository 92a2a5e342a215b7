using static TorchSharp.torch;

namespace GanSharp.Objectives;

/// <summary>
/// An objective that uses only logits, as most do: two pure functions from logits to losses. A new one is a small subclass;
/// override <see cref="GanObjective.Ratio"/> if its logit is a density ratio.
/// </summary>
public abstract class LogitObjective : GanObjective
{
    /// <summary>What the discriminator minimizes.</summary>
    /// <param name="real">Logits of real samples, shape [N].</param>
    /// <param name="fake">Logits of generated samples, shape [N].</param>
    /// <returns>Losses, shape [N]; the trainer takes the mean.</returns>
    public abstract Tensor DiscriminatorLoss(Tensor real, Tensor fake);

    /// <summary>What the generator minimizes.</summary>
    /// <param name="fake">Logits of generated samples, shape [N].</param>
    /// <param name="real">Logits of real samples, shape [N], without gradient; null unless <see cref="GanObjective.GeneratorNeedsReal"/>.</param>
    /// <returns>Losses, shape [N]; the trainer takes the mean.</returns>
    public abstract Tensor GeneratorLoss(Tensor fake, Tensor? real);

    /// <inheritdoc/>
    public sealed override LossTerms DiscriminatorLoss(ObjectiveContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return DiscriminatorLoss(context.Real.Logits, context.Fake.Logits);
    }

    /// <inheritdoc/>
    public sealed override LossTerms GeneratorLoss(ObjectiveContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return GeneratorLoss(context.Fake.Logits, context.HasReal ? context.Real.Logits : null);
    }
}
