using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Parameter = TorchSharp.Modules.Parameter;

namespace GanSharp.Networks.Residual;

/// <summary>
/// Self-attention over the positions of a feature map (SAGAN, Zhang et al. 2019, section 3): each position i becomes x_i + γ · v(Σ_j β_ij h(x_j)), where
/// β_ij is the softmax over j of f(x_j)ᵀg(x_i), and f, g, h and v are 1 × 1 convolutions. γ is learned and starts at 0, so that the block begins as the identity.
/// </summary>
/// <remarks>
/// Memory grows with the square of the number of positions: N · (H · W)² values. Use it at sides of 32 or fewer. f, g and h have an eighth of the channels (at least 1) and
/// no biases, as in the paper; its later code pools f and h, which this block doesn't.
/// </remarks>
public sealed class SelfAttention2d : Module<Tensor, Tensor>
{
    private const int Reduction = 8;
    private readonly Module<Tensor, Tensor> key, query, value, output;
    private readonly Parameter gamma;

    /// <summary>Attention among the positions of feature maps.</summary>
    /// <param name="channels">Channels, at least 1.</param>
    /// <param name="spectralNorm">Whether the convolutions have spectral norm. Default true, as in SAGAN, in G and D alike.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channels"/> is below 1.</exception>
    public SelfAttention2d(int channels, bool spectralNorm = true)
        : base(nameof(SelfAttention2d))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        var inner = Math.Max(1, channels / Reduction);
        Module<Tensor, Tensor> Map(int from, int to) => GlorotLayers.Convolution(from, to, 1, spectralNorm, hasBias: false);
        (key, query, value, output) = (Map(channels, inner), Map(channels, inner), Map(channels, inner), Map(inner, channels));
        gamma = new Parameter(zeros(1));
        gamma.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Feature maps that have seen all positions.</summary>
    /// <param name="input">Float tensor of shape [N, channels, H, W].</param>
    /// <returns>Tensor of the input's shape.</returns>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var scope = NewDisposeScope();
        var attention = query.call(input).flatten(2).transpose(1, 2).matmul(key.call(input).flatten(2)).softmax(2);
        var seen = value.call(input).flatten(2).matmul(attention.transpose(1, 2));
        return (input + gamma * output.call(seen.view(seen.shape[0], seen.shape[1], input.shape[2], input.shape[3]))).MoveToOuterDisposeScope();
    }
}
