using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.StyleGan;

/// <summary>
/// StyleGAN2's convolution with weights of each sample's own (Karras et al. 2020, section 2.2): w″ᵢⱼₖ = sᵢ wᵢⱼₖ / √(Σᵢₖ (sᵢ wᵢⱼₖ)² + 1e-8), where s is a linear function of the style w.
/// The division (demodulation) takes the place of a norm: it removes the scale that the style gives, as it would be on average.
/// </summary>
/// <remarks>
/// Multiplying the input's channels with s and the output's with the root does the same with one convolution for the whole batch; the groups of the authors' code make a convolution for each
/// sample. With an equalized learning rate (<see cref="EqualizedLinear"/>).
/// </remarks>
public sealed class ModulatedConv2d : Module<Tensor, Tensor, Tensor>
{
    internal const double Epsilon = 1e-8;
    private readonly Parameter weight;
    private readonly Module<Tensor, Tensor> style;
    private readonly Module<Tensor, Tensor>? blur;
    private readonly long[] padding;
    private readonly double scale;
    private readonly bool demodulates;

    internal double Scale => scale;

    internal long[] Padding => padding;

    internal bool Demodulates => demodulates;

    internal bool Doubles => blur is not null;

    /// <summary>A convolution that keeps sides.</summary>
    /// <param name="inputChannels">Channels of the input, at least 1.</param>
    /// <param name="outputChannels">Channels of the output, at least 1.</param>
    /// <param name="kernelSize">Side of the kernel, an odd number.</param>
    /// <param name="styleSize">Values of w, at least 1.</param>
    /// <param name="demodulates">Whether the scale of the style is removed. Default true; the paper's layers to colors don't.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or <paramref name="kernelSize"/> isn't odd.</exception>
    public ModulatedConv2d(int inputChannels, int outputChannels, int kernelSize, int styleSize, bool demodulates = true)
        : this(inputChannels, outputChannels, kernelSize, styleSize, demodulates, blur: null)
    {
    }

    private ModulatedConv2d(int inputChannels, int outputChannels, int kernelSize, int styleSize, bool demodulates, Module<Tensor, Tensor>? blur)
        : base(nameof(ModulatedConv2d))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(styleSize, 1);
        if (kernelSize < 1 || kernelSize % 2 == 0)
            throw new ArgumentOutOfRangeException(nameof(kernelSize), kernelSize, "kernelSize must be odd and at least 1.");
        (this.demodulates, this.blur) = (demodulates, blur);
        padding = [kernelSize / 2, kernelSize / 2];
        scale = 1 / Math.Sqrt(inputChannels * kernelSize * kernelSize);
        weight = Equalized.Weight([outputChannels, inputChannels, kernelSize, kernelSize]);
        style = new EqualizedLinear(styleSize, inputChannels, initialBias: 1);
        RegisterComponents();
    }

    /// <summary>A 3 × 3 convolution that doubles sides: transposed, with stride 2, then the filter (1, 3, 3, 1)/4 along both axes, which removes its checkerboard.</summary>
    /// <param name="inputChannels">Channels of the input, at least 1.</param>
    /// <param name="outputChannels">Channels of the output, at least 1.</param>
    /// <param name="styleSize">Values of w, at least 1.</param>
    /// <param name="height">Rows of the input, at least 1.</param>
    /// <param name="width">Columns of the input, at least 1.</param>
    /// <returns>A layer from [N, inputChannels, height, width] to [N, outputChannels, 2 height, 2 width].</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public static ModulatedConv2d Doubling(int inputChannels, int outputChannels, int styleSize, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        return new(inputChannels, outputChannels, kernelSize: 3, styleSize, demodulates: true, new Blur(2 * height + 1, 2 * width + 1, padding: 1, gain: 2));
    }

    /// <summary>The convolution in the style w.</summary>
    /// <param name="features">Tensor of shape [N, inputChannels, height, width].</param>
    /// <param name="styles">w, tensor of shape [N, styleSize].</param>
    /// <returns>Tensor of shape [N, outputChannels, …].</returns>
    public override Tensor forward(Tensor features, Tensor styles)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(styles);
        var (scales, kernel) = (style.call(styles), weight * scale);
        var scaled = features * OfChannels(scales);
        var result = blur is null
            ? functional.conv2d(scaled, kernel, strides: [1, 1], padding: padding)
            : blur.call(functional.conv_transpose2d(scaled, kernel.transpose(0, 1), strides: [2, 2]));
        return demodulates ? result * OfChannels((scales.square().matmul(kernel.square().sum([2, 3]).t()) + Epsilon).rsqrt()) : result;
    }

    private static Tensor OfChannels(Tensor values) => values.unsqueeze(2).unsqueeze(3);
}
