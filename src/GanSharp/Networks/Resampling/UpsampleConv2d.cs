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
        // A transposed convolution applies its kernel turned by 180 degrees, and has its input channels first.
        : base(nameof(UpsampleConv2d), inputChannels, outputChannels, kernelSize, bias, doubles: true, weight => Spread(weight.flip(2, 3)).transpose(0, 1))
    {
    }
}
