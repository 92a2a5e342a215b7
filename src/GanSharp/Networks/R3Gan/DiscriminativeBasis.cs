using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.R3Gan;

/// <summary>
/// The end of R3GAN's discriminator (Huang et al. 2024): every channel of the smallest map is multiplied with one learned map and summed, which is a convolution of each channel that leaves
/// one value; then a linear layer.
/// </summary>
public sealed class DiscriminativeBasis : Module<Tensor, Tensor>
{
    private readonly Parameter basis;
    private readonly Module<Tensor, Tensor> head;

    /// <summary>Weights that keep the variance of their inputs.</summary>
    /// <param name="channels">Channels of the smallest map, at least 1.</param>
    /// <param name="height">Its rows, at least 1. The paper takes 4.</param>
    /// <param name="width">Its columns, at least 1.</param>
    /// <param name="outputSize">Values per sample, at least 1: the length of a class embedding, or 1 for a logit. Default 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channels"/>, <paramref name="height"/>, <paramref name="width"/> or <paramref name="outputSize"/> is below 1.</exception>
    public DiscriminativeBasis(int channels, int height, int width, int outputSize = 1)
        : base(nameof(DiscriminativeBasis))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputSize, 1);
        using var scope = NewDisposeScope();
        basis = new Parameter(randn(channels, height, width) / Math.Sqrt(height * width));
        basis.DetachFromDisposeScope();
        head = Linear(channels, outputSize, hasBias: false).Scaled();
        RegisterComponents();
    }

    /// <summary>What is left of the smallest map.</summary>
    /// <param name="features">Tensor of shape [N, channels, height, width].</param>
    /// <returns>Tensor of shape [N, outputSize].</returns>
    public override Tensor forward(Tensor features)
    {
        ArgumentNullException.ThrowIfNull(features);
        return head.call((features * basis).sum([2, 3]));
    }
}
