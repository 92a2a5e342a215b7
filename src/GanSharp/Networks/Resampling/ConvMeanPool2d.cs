namespace GanSharp.Networks.Resampling;

/// <summary>A convolution that keeps the sides, and the mean of each 2 × 2 of its outputs: the last layer of a discriminator's residual block (Gulrajani et al. 2017, Miyato et al. 2018).</summary>
/// <remarks>Parameters are those of <c>Conv2d</c>. The output is that of <c>Conv2d</c> and <c>AvgPool2d(2)</c>, up to rounding, for less than half of the work (<see cref="ResampledConvolution"/>).</remarks>
public sealed class ConvMeanPool2d : ResampledConvolution
{
    /// <summary>From feature maps of even sides to those of half the sides.</summary>
    /// <param name="inputChannels">Channels of the input, at least 1.</param>
    /// <param name="outputChannels">Channels of the output, at least 1.</param>
    /// <param name="kernelSize">Sides of the kernel, an odd number. Default 3, as in the papers.</param>
    /// <param name="bias">Whether each output channel has a bias. Default true.</param>
    public ConvMeanPool2d(int inputChannels, int outputChannels, int kernelSize = 3, bool bias = true)
        : base(nameof(ConvMeanPool2d), inputChannels, outputChannels, kernelSize, bias, doubles: false, weight => Spread(weight) / 4)
    {
    }
}
