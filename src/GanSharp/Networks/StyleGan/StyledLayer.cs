using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.StyleGan;

/// <summary>A modulated convolution, noise times a learned strength that starts at 0, a bias, and leaky ReLU.</summary>
internal sealed class StyledLayer : Module<Tensor, Tensor, Tensor?, Tensor>
{
    private readonly ModulatedConv2d convolution;
    private readonly Parameter bias;
    private readonly Parameter? strength;

    public StyledLayer(ModulatedConv2d convolution, int channels, bool hasNoise)
        : base(nameof(StyledLayer))
    {
        this.convolution = convolution;
        bias = Equalized.Constant(channels, 0);
        strength = hasNoise ? Equalized.Constant(1, 0) : null;
        RegisterComponents();
    }

    /// <param name="features">Shape [N, C, height, width].</param>
    /// <param name="styles">w.</param>
    /// <param name="noise">Shape [N, 1, new height, new width]; null for none.</param>
    public override Tensor forward(Tensor features, Tensor styles, Tensor? noise)
    {
        var result = convolution.call(features, styles) + bias.view(-1, 1, 1);
        return Equalized.Activate(noise is null ? result : result + noise * strength!);
    }
}
