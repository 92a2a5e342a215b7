using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Resampling;

/// <summary>Nearest-neighbor upsampling to twice the sides, and a convolution that keeps them: the first layer of a generator's residual block (Gulrajani et al. 2017, Miyato et al. 2018).</summary>
/// <remarks>Parameters are those of <c>Conv2d</c>. The output is that of <c>Upsample(scale_factor: 2)</c> and <c>Conv2d</c>, up to rounding, for less than half of the work (<see cref="ResampledConvolution"/>).</remarks>
public sealed class UpsampleConv2d : ResampledConvolution
{
    /// <summary>From feature maps to those of twice the sides.</summary>
    /// <param name="inputChannels">Channels of the input, at least 1.</param>
    /// <param name="outputChannels">Channels of the output, at least 1.</param>
    /// <param name="kernelSize">Sides of the kernel, an odd number. Default 3, as in the papers.</param>
    /// <param name="bias">Whether each output channel has a bias. Default true.</param>
    public UpsampleConv2d(int inputChannels, int outputChannels, int kernelSize = 3, bool bias = true)
        : base(nameof(UpsampleConv2d), inputChannels, outputChannels, kernelSize, bias, Apply)
    {
    }

    private static Tensor Apply(Tensor input, Tensor weight, Tensor? bias)
    {
        var padding = weight.shape[3] / 2;
        // A transposed convolution applies its kernel turned by 180 degrees, and has its input channels first.
        return functional.conv_transpose2d(input, Spread(weight.flip(2, 3)).transpose(0, 1), bias, [2, 2], [padding, padding]);
    }
}
