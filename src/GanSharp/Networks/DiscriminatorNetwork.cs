using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks;

/// <summary>
/// D: a classifier of real against generated samples that returns logits. Its logit is an estimate of ln p_d/p_g (eqs. 5 to 7);
/// the probability D(x) is the logit's sigmoid, and no part of GanSharp takes the logarithm of a probability.
/// Subclass it, build the layers in the constructor, end the constructor with <c>RegisterComponents()</c>, and override <c>forward</c>.
/// </summary>
public abstract class DiscriminatorNetwork : Module<Tensor, Tensor?, Tensor>
{
    /// <summary>Names the network.</summary>
    /// <param name="name">What messages call the network; by convention the name of the class.</param>
    protected DiscriminatorNetwork(string name)
        : base(name)
    {
    }

    /// <summary>How many samples one logit judges together: 1, or the packing degree of PacGAN (Lin et al. 2018).</summary>
    public virtual int SamplesPerLogit => 1;

    /// <summary>The logits of samples.</summary>
    /// <param name="samples">Float tensor of shape [N, …].</param>
    /// <param name="labels">Int64 tensor of shape [N] with the samples' classes, or null. A network that isn't conditional ignores it.</param>
    /// <returns>Float tensor of shape [N / <see cref="SamplesPerLogit"/>]: logits, not probabilities.</returns>
    public abstract override Tensor forward(Tensor samples, Tensor? labels);

    /// <summary>The logits of samples, in evaluation mode and without gradients.</summary>
    /// <param name="samples">Tensor of shape [N, …]; moved to the network's device where it lives elsewhere.</param>
    /// <param name="labels">Int64 tensor of shape [N], or null.</param>
    /// <returns>Tensor of shape [N / <see cref="SamplesPerLogit"/>] on the network's device.</returns>
    public Tensor Logits(Tensor samples, Tensor? labels = null)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var device = this.Device();
        return this.Evaluating(() => Chunks.Map(samples.to(device), labels?.to(device), call, SamplesPerLogit)).MoveToOuterDisposeScope();
    }
}
