using GanSharp.Networks.Normalization;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.StyleGan;

/// <summary>A convolution with an equalized learning rate (Karras et al. 2018): weights are kept as N(0, 1) and divided by √fan-in when they are used (<see cref="EqualizedLinear"/>).</summary>
public sealed class EqualizedConv2d : Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter? bias;
    private readonly double scale;

    internal double Scale => scale;

    internal ConvolutionSteps Steps { get; }

    /// <summary>A convolution that keeps the variance of its inputs.</summary>
    /// <param name="inputChannels">Channels of the input, at least 1.</param>
    /// <param name="outputChannels">Channels of the output, at least 1.</param>
    /// <param name="kernelSize">Side of the kernel, an odd number.</param>
    /// <param name="stride">1 keeps sides, with zeros around the image; above 1 there are no zeros around it. Default 1.</param>
    /// <param name="hasBias">Whether there is a bias, which starts at 0. Default true.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or <paramref name="kernelSize"/> isn't odd.</exception>
    public EqualizedConv2d(int inputChannels, int outputChannels, int kernelSize, int stride = 1, bool hasBias = true)
        : base(nameof(EqualizedConv2d))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        if (kernelSize < 1 || kernelSize % 2 == 0)
            throw new ArgumentOutOfRangeException(nameof(kernelSize), kernelSize, "kernelSize must be odd and at least 1.");
        var border = stride == 1 ? kernelSize / 2 : 0;
        Steps = new([stride, stride], [border, border], [1, 1], 1);
        scale = 1 / Math.Sqrt(inputChannels * kernelSize * kernelSize);
        weight = Equalized.Weight([outputChannels, inputChannels, kernelSize, kernelSize]);
        bias = hasBias ? Equalized.Constant(outputChannels, 0) : null;
        RegisterComponents();
    }

    /// <summary>The convolution.</summary>
    /// <param name="features">Tensor of shape [N, inputChannels, height, width].</param>
    /// <returns>Tensor of shape [N, outputChannels, height / stride, width / stride].</returns>
    public override Tensor forward(Tensor features) => Steps.Apply(features, weight * scale, bias);
}
