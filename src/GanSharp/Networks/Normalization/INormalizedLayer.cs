using static TorchSharp.torch;

namespace GanSharp.Networks.Normalization;

/// <summary>A layer whose weight is normalized, so that scaling its parameters doesn't scale its output.</summary>
internal interface INormalizedLayer
{
    /// <summary>What it does with the weight.</summary>
    LinearMap Map { get; }

    /// <summary>The weight of a pass in evaluation mode, from which the normalization is gone. The caller disposes it.</summary>
    Tensor NormalizedWeight();
}
