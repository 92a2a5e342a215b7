namespace GanSharp.Networks.Normalization;

/// <summary>A layer whose weight is normalized, so that scaling its parameters doesn't scale its output.</summary>
internal interface INormalizedLayer
{
    /// <summary>Whether it is a convolution.</summary>
    bool IsConvolution { get; }
}
