using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.R3Gan;

/// <summary>
/// The beginning of R3GAN's generator (Huang et al. 2024): every channel has one learned map, and a linear function of z says how much of it there is. A projection of z to all values of the
/// smallest map would have as many times more parameters as the map has places.
/// </summary>
public sealed class GenerativeBasis : Module<Tensor, Tensor>
{
    private readonly Parameter basis;
    private readonly Module<Tensor, Tensor> amounts;

    /// <summary>A basis from N(0, 1), with amounts of the variance of z.</summary>
    /// <param name="latentSize">Length of z, with an embedding of the class where there is one; at least 1.</param>
    /// <param name="channels">Channels of the smallest map, at least 1.</param>
    /// <param name="height">Its rows, at least 1. The paper takes 4.</param>
    /// <param name="width">Its columns, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="latentSize"/>, <paramref name="channels"/>, <paramref name="height"/> or <paramref name="width"/> is below 1.</exception>
    public GenerativeBasis(int latentSize, int channels, int height, int width)
        : base(nameof(GenerativeBasis))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(latentSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        basis = new Parameter(randn(channels, height, width));
        basis.DetachFromDisposeScope();
        amounts = Linear(latentSize, channels, hasBias: false).Scaled();
        RegisterComponents();
    }

    /// <summary>The smallest map.</summary>
    /// <param name="latents">Tensor of shape [N, latentSize].</param>
    /// <returns>Tensor of shape [N, channels, height, width].</returns>
    public override Tensor forward(Tensor latents)
    {
        ArgumentNullException.ThrowIfNull(latents);
        return basis * amounts.call(latents).unsqueeze(2).unsqueeze(3);
    }
}
