using GanSharp.Networks.Resampling;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.StyleGan;

/// <summary>
/// The residual block of StyleGAN2's discriminator, which halves sides: two 3 × 3 convolutions with leaky ReLU, the second of stride 2 after a blur, beside a halving with a 1 × 1
/// convolution; the sum is divided by √2.
/// </summary>
public sealed class StyleGan2Block : Module<Tensor, Tensor>
{
    private static readonly double SumGain = Math.Sqrt(0.5);
    private readonly Module<Tensor, Tensor> body, skip;

    /// <summary>A block that keeps the scale of its inputs.</summary>
    /// <param name="inputChannels">Channels of the input, at least 1.</param>
    /// <param name="outputChannels">Channels of the output, at least 1.</param>
    /// <param name="height">Rows of the input, an even number.</param>
    /// <param name="width">Columns of the input, an even number.</param>
    public StyleGan2Block(int inputChannels, int outputChannels, int height, int width)
        : base(nameof(StyleGan2Block))
    {
        skip = Sequential(("down", new BilinearDownsampling(height, width)), ("convolution", new EqualizedConv2d(inputChannels, outputChannels, 1, hasBias: false)));
        body = Sequential(
            ("convolution1", new EqualizedConv2d(inputChannels, inputChannels, 3)), ("activation1", new Activation()),
            ("blur", new Blur(height, width, padding: 2)), ("convolution2", new EqualizedConv2d(inputChannels, outputChannels, 3, stride: 2)), ("activation2", new Activation()));
        RegisterComponents();
    }

    /// <summary>The block.</summary>
    /// <param name="features">Tensor of shape [N, inputChannels, height, width].</param>
    /// <returns>Tensor of shape [N, outputChannels, height/2, width/2].</returns>
    public override Tensor forward(Tensor features)
    {
        ArgumentNullException.ThrowIfNull(features);
        return (body.call(features) + skip.call(features)) * SumGain;
    }
}
