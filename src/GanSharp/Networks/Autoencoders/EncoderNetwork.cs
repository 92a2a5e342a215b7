using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Autoencoders;

/// <summary>
/// q(z ∣ x): maps samples to Gaussians over latent vectors. Subclass it, build the layers in the constructor, end the constructor with
/// <c>RegisterComponents()</c>, and override <c>forward</c>.
/// </summary>
public abstract class EncoderNetwork : Module<Tensor, LatentGaussian>
{
    /// <summary>Sets the network's name and the size of z.</summary>
    /// <param name="name">The network's name in messages; by convention the name of the class.</param>
    /// <param name="latentSize">Length of z, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="latentSize"/> is below 1.</exception>
    protected EncoderNetwork(string name, int latentSize)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(latentSize, 1);
        LatentSize = latentSize;
    }

    /// <summary>Length of z.</summary>
    public int LatentSize { get; }

    /// <summary>q(z ∣ x).</summary>
    /// <param name="samples">Float tensor of shape [N, …].</param>
    /// <returns>Means and logarithms of variances, each of shape [N, <see cref="LatentSize"/>].</returns>
    public abstract override LatentGaussian forward(Tensor samples);

    /// <summary>Splits the output of a last layer with 2 · <see cref="LatentSize"/> units into means and logarithms of variances.</summary>
    /// <param name="output">Float tensor of shape [N, 2 · <see cref="LatentSize"/>].</param>
    /// <returns>q(z ∣ x): the first half of each row is the mean, the second ln σ², both of shape [N, <see cref="LatentSize"/>].</returns>
    protected LatentGaussian Split(Tensor output)
    {
        ArgumentNullException.ThrowIfNull(output);
        return new LatentGaussian(output.narrow(1, 0, LatentSize), output.narrow(1, LatentSize, LatentSize));
    }
}
