using static TorchSharp.torch;

namespace GanSharp.Sampling;

/// <summary>What a sampler let through.</summary>
/// <param name="Samples">Tensor of shape [N, …] on the generator's device, which the caller (or its dispose scope) owns.</param>
/// <param name="AcceptanceRate">Share of the proposals that were accepted: the inverse is what a sample cost.</param>
public readonly record struct AcceptedSamples(Tensor Samples, double AcceptanceRate);
