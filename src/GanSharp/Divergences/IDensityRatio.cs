using static TorchSharp.torch;

namespace GanSharp.Divergences;

/// <summary>What a discriminator's logit tells about ln p_d/p_g, as declared by its objective; divergences are computed from it.</summary>
public interface IDensityRatio
{
    /// <summary>Whether the logit provides the ratio.</summary>
    RatioKind Ratio { get; }

    /// <summary>
    /// Why the logit provides no density ratio, as the end of a sentence that begins "no divergence can be read from this logit, because"; null where it provides one.
    /// </summary>
    string? RatioRefusal { get; }

    /// <summary>ln p_d/p_g according to the logits, or null where they don't provide it (<see cref="RatioKind.None"/>).</summary>
    /// <param name="logits">The discriminator's logits, shape [N].</param>
    /// <returns>Tensor of shape [N], in nats; null where the logits provide no ratio.</returns>
    Tensor? LogDensityRatio(Tensor logits);
}
