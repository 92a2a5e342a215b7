using GanSharp.Networks.Resampling;

namespace GanSharp.Networks.StyleGan;

/// <summary>The filter (1, 3, 3, 1)/8 along both axes, at every place: before a convolution of stride 2, or after a transposed one.</summary>
/// <param name="height">Rows of the input.</param>
/// <param name="width">Columns of the input.</param>
/// <param name="padding">Zeros on each side.</param>
/// <param name="gain">Factor along each axis.</param>
internal sealed class Blur(int height, int width, int padding, double gain = 1) : BilinearResampling(nameof(Blur), ResamplingMatrix.Filter(height, padding, 1, gain), ResamplingMatrix.Filter(width, padding, 1, gain));
