using GanSharp.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks;

/// <summary>
/// G(z): an implicit model that maps latent vectors to samples of p_g and has no likelihood (eqs. 16 to 18).
/// Subclass it, build the layers in the constructor, end the constructor with <c>RegisterComponents()</c>, and override <c>forward</c>.
/// </summary>
public abstract class GeneratorNetwork : Module<Tensor, Tensor?, Tensor>
{
    /// <summary>Names the network and states p(z).</summary>
    /// <param name="name">What messages call the network; by convention the name of the class.</param>
    /// <param name="prior">The distribution of the latent vectors.</param>
    protected GeneratorNetwork(string name, LatentPrior prior)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(prior);
        Prior = prior;
    }

    /// <summary>p(z).</summary>
    public LatentPrior Prior { get; }

    /// <summary>
    /// How many classes G tells apart, where its labels must lie from 0 to this less 1 and can't be missing; null (the default) for a network that
    /// ignores labels or doesn't say. Override it in a conditional network: wrong labels are then named before they reach a layer.
    /// </summary>
    public virtual int? Classes => null;

    /// <summary>x = G(z).</summary>
    /// <param name="latents">Float tensor of shape [N, <see cref="LatentPrior.Size"/>].</param>
    /// <param name="labels">Int64 tensor of shape [N] with the class to generate, or null. A network that isn't conditional ignores it.</param>
    /// <returns>Float tensor of shape [N, …], N samples of the data's shape.</returns>
    public abstract override Tensor forward(Tensor latents, Tensor? labels);

    /// <summary>
    /// A new network of the same architecture, with any weights: what <c>GanTrainer.Snapshot</c> and <c>GanTrainer.Sample</c> copy the trained weights into,
    /// so that they needn't touch this one. Null (the default) where the network can't make one. Override it with a call of your own constructor;
    /// whatever <see cref="forward"/> uses beside parameters and buffers must be the same in both from then on.
    /// </summary>
    public virtual GeneratorNetwork? CloneArchitecture() => null;

    /// <summary>Draws z from <see cref="Prior"/> and returns G(z), in evaluation mode and without gradients.</summary>
    /// <param name="count">Number of samples, at least 1.</param>
    /// <param name="labels">Int64 tensor of shape [count] with the class of each sample, moved to the network's device; null for none. A network that isn't conditional ignores it.</param>
    /// <param name="random">Source of the latents, of the network's device; torch's global one where null.</param>
    /// <returns>Tensor of shape [count, …] on the network's device.</returns>
    /// <exception cref="ArgumentException">The labels have another type or length, lie outside <see cref="Classes"/>, or are missing where it is given.</exception>
    /// <exception cref="NetworkException">The network isn't float32, or fails without labels.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public Tensor Sample(int count, Tensor? labels = null, torch.Generator? random = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Disposal.ThrowIfDisposed(this);
        TypeCheck.ThrowIfNotFloat32(this);
        LabelCheck.ThrowIfUnfit(GetType().Name, Classes, labels, count);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var device = this.Device();
        var latents = Prior.Sample(count, random, device);
        try
        {
            return this.Evaluating(() => Chunks.Map(latents, labels?.to(device), call)).MoveToOuterDisposeScope();
        }
        catch (Exception exception) when (labels is null && exception is (NullReferenceException or ArgumentNullException))
        {
            throw new NetworkException($"{GetType().Name}.forward failed without labels: {FirstLine.Of(exception)}. If it is conditional, pass them: Sample({count}, labels).", exception);
        }
    }
}
