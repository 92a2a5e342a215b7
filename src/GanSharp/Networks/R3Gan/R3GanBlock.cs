using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.R3Gan;

/// <summary>
/// The residual block of R3GAN (Huang et al. 2024): x + W₃ a(W₂ a(W₁ x + b₁) + b₂), where W₁ and W₃ are 1 × 1 convolutions that widen and narrow, W₂ a 3 × 3 convolution in groups, and a
/// leaky ReLU of slope 0.2. There is no norm.
/// </summary>
/// <remarks>
/// W₃ starts at 0, so every block starts as the identity, and the variances of W₁ and W₂ are those that keep the scale (He et al. 2015) over √L, where L is the number of blocks of the
/// network: updates then change the output as much in a deep network as in a shallow one (Fixup, Zhang et al. 2019). Sides and channels stay the same.
/// </remarks>
public sealed class R3GanBlock : Module<Tensor, Tensor>
{
    private const int ScaledLayers = 2;
    private readonly Module<Tensor, Tensor> body;

    /// <summary>A block that starts as the identity.</summary>
    /// <param name="channels">Channels of input and output, at least 1.</param>
    /// <param name="groups">Groups of the 3 × 3 convolution, a divisor of <paramref name="channels"/> · <paramref name="expansion"/>.</param>
    /// <param name="networkBlocks">L, the residual blocks of the whole network, at least 1.</param>
    /// <param name="expansion">How many times as many channels there are inside, at least 1. Default 2, as in the paper.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or <paramref name="groups"/> doesn't divide the channels inside the block.</exception>
    public R3GanBlock(int channels, int groups, int networkBlocks, int expansion = 2)
        : base(nameof(R3GanBlock))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(networkBlocks, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(expansion, 1);
        var inside = channels * expansion;
        if (inside % groups != 0)
            throw new ArgumentOutOfRangeException(nameof(groups), groups, $"groups must divide the {inside} channels inside the block.");
        var gain = VarianceScaling.LeakyReluGain * Math.Pow(networkBlocks, -1.0 / (2 * ScaledLayers));
        body = Sequential(
            ("widen", Conv2d(channels, inside, 1).Scaled(gain)), ("activation1", LeakyReLU(0.2)),
            ("mix", Conv2d(inside, inside, 3, padding: 1, groups: groups).Scaled(gain)), ("activation2", LeakyReLU(0.2)),
            ("narrow", Conv2d(inside, channels, 1, bias: false).Scaled(0)));
        RegisterComponents();
    }

    /// <summary>x plus what the block adds.</summary>
    /// <param name="features">Tensor of shape [N, channels, height, width].</param>
    /// <returns>Tensor of the same shape.</returns>
    public override Tensor forward(Tensor features)
    {
        ArgumentNullException.ThrowIfNull(features);
        return features + body.call(features);
    }
}
