using static TorchSharp.torch;

namespace GanSharp.Divergences;

/// <summary>What a discriminator's logit says of ln p_d/p_g: what an objective states of its optimum, and what divergences are read by.</summary>
public interface IDensityRatio
{
    /// <summary>Whether the logit holds the ratio.</summary>
    RatioKind Ratio { get; }

    /// <summary>
    /// Why the logit holds no density ratio, as the end of a sentence that begins "no divergence can be read from this logit, because"; null where it holds one.
    /// </summary>
    string? RatioRefusal { get; }

    /// <summary>ln p_d/p_g as the logits state it, or null where they don't (<see cref="RatioKind.None"/>).</summary>
    /// <param name="logits">The discriminator's logits, shape [N].</param>
    Tensor? LogDensityRatio(Tensor logits);
}
