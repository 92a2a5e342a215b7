using static TorchSharp.torch;

namespace GanSharp.Sampling;

/// <summary>The result of a sampler.</summary>
/// <param name="Samples">Tensor of shape [N, …] on the generator's device, which the caller (or its dispose scope) owns.</param>
/// <param name="AcceptanceRate">Share of the proposals that were accepted, above 0 and at most 1; its inverse is the number of proposals per sample.</param>
public readonly record struct AcceptedSamples(Tensor Samples, double AcceptanceRate);
