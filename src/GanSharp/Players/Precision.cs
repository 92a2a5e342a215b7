using System.Diagnostics.CodeAnalysis;

namespace GanSharp.Players;

/// <summary>The type in which a trainer's networks compute.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The types' own names are what users look for.")]
public enum Precision
{
    /// <summary>Float32 throughout: 24 bits of precision.</summary>
    Float32,

    /// <summary>
    /// Within a step the networks compute in bfloat16 (8 bits of precision, float32's range, so no loss scaling is needed): matrix products and convolutions
    /// are up to twice as fast on processors that have instructions for it, and slower than float32 on others. Gradients are bfloat16 too, and the optimizer widens them as it reads them.
    /// Weights, the optimizers' values, averages, losses and penalties' norms stay float32, and so do the parameters and statistics of batch, instance, group and layer norm (Micikevicius et al. 2018; Kalamkar et al. 2019).
    /// Between steps, and so for diagnostics, samples and checkpoints, the networks are the float32 ones.
    /// </summary>
    BFloat16,
}
