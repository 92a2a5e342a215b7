using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Autoencoders;

/// <summary>ln p(x ∣ z): what a decoder's output says about a sample. Subclass it for a likelihood of your own; its parameters are trained with the networks.</summary>
/// <param name="name">The module's name in messages; by convention the name of the class.</param>
public abstract class Likelihood(string name) : Module<Tensor, Tensor, Tensor>(name)
{
    /// <summary>ln p(x ∣ z) of each sample in nats.</summary>
    /// <param name="samples">x, float tensor of shape [N, …].</param>
    /// <param name="decoded">The decoder's output of the same shape.</param>
    /// <returns>Shape [N].</returns>
    public abstract override Tensor forward(Tensor samples, Tensor decoded);
}
