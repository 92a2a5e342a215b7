using GanSharp.Networks.Resampling;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Residual;

/// <summary>
/// A discriminator's residual block that halves the sides (Miyato et al. 2018, appendix B.4): ReLU, 3 × 3 convolution, ReLU, 3 × 3 convolution, average pooling;
/// beside it, average pooling and a 1 × 1 convolution. It has no batch norm, so that a logit depends on its own sample alone.
/// </summary>
public sealed class DownResidualBlock : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> conv1, conv2;
    private readonly Module<Tensor, Tensor>? shortcut;
    private readonly bool isFirst, downsamples;

    /// <summary>A block from feature maps to feature maps.</summary>
    /// <param name="inputChannels">Channels of the input, at least 1.</param>
    /// <param name="outputChannels">Channels of the output, at least 1.</param>
    /// <param name="spectralNorm">Whether the convolutions have spectral norm. Default true, as in SNGAN.</param>
    /// <param name="downsamples">Whether it halves the sides, which must then be even. Default true.</param>
    /// <param name="isFirst">Whether the input is an image: it then has no ReLU at its beginning, which would hide all below 0. Default false.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="inputChannels"/> or <paramref name="outputChannels"/> is below 1.</exception>
    public DownResidualBlock(int inputChannels, int outputChannels, bool spectralNorm = true, bool downsamples = true, bool isFirst = false)
        : base(nameof(DownResidualBlock))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputChannels, 1);
        (this.downsamples, this.isFirst) = (downsamples, isFirst);
        // An image has few channels; as many between the two convolutions would be a bottleneck.
        var hidden = isFirst ? outputChannels : inputChannels;
        conv1 = GlorotLayers.Convolution(inputChannels, hidden, 3, spectralNorm, GlorotLayers.ResidualGain);
        conv2 = downsamples ? GlorotLayers.Resampled(new ConvMeanPool2d(hidden, outputChannels), spectralNorm, GlorotLayers.ResidualGain)
            : GlorotLayers.Convolution(hidden, outputChannels, 3, spectralNorm, GlorotLayers.ResidualGain);
        if (downsamples || inputChannels != outputChannels)
            shortcut = GlorotLayers.Convolution(inputChannels, outputChannels, 1, spectralNorm);
        RegisterComponents();
    }

    /// <summary>The features of the next stage.</summary>
    /// <param name="input">Float tensor of shape [N, inputChannels, H, W].</param>
    /// <returns>Shape [N, outputChannels, H/2, W/2], or [N, outputChannels, H, W] without downsampling.</returns>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var inner = conv2.call(conv1.call(isFirst ? input : input.relu()).relu());
        // Averages of a 1 × 1 convolution's outputs are its outputs for averages, and these are a quarter as many.
        var beside = downsamples ? functional.avg_pool2d(input, 2) : input;
        return inner + (shortcut is null ? beside : shortcut.call(beside));
    }
}
