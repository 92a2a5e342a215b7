using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Normalization;

/// <summary>How a convolution goes over its input.</summary>
/// <param name="Stride">Of rows and columns.</param>
/// <param name="Padding">Zeros on each side of rows and columns.</param>
/// <param name="Dilation">Of rows and columns.</param>
/// <param name="Groups">Groups of channels.</param>
/// <param name="OutputPadding">Rows and columns that a transposed convolution adds; null of a plain one.</param>
internal sealed record ConvolutionSteps(long[] Stride, long[] Padding, long[] Dilation, long Groups, long[]? OutputPadding = null)
{
    /// <summary>The convolution of an input with a kernel.</summary>
    public Tensor Apply(Tensor input, Tensor kernel, Tensor? bias) => OutputPadding is { } added
        ? functional.conv_transpose2d(input, kernel, bias, Stride, Padding, added, Dilation, Groups)
        : functional.conv2d(input, kernel, bias, Stride, Padding, Dilation, Groups);
}
