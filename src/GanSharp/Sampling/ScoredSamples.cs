using static TorchSharp.torch;

namespace GanSharp.Sampling;

/// <summary>Generated samples and a score for each: how much likelier the data is to produce it than the generator.</summary>
/// <param name="Samples">Tensor of shape [N, …].</param>
/// <param name="LogRatios">ln p_d/p_g up to one constant for all, float64 tensor of shape [N] on the samples' device; −∞ where p_d is 0.</param>
public readonly record struct ScoredSamples(Tensor Samples, Tensor LogRatios);
