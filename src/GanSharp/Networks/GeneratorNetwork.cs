using GanSharp.Runtime;
using GanSharp.Tensors;
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
    /// <summary>Sets the network's name and p(z).</summary>
    /// <param name="name">The network's name in messages; by convention the name of the class.</param>
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
    /// Number of classes that G is conditioned on: labels must then be given and lie in [0, Classes). Null (the default) for a network that
    /// ignores labels or doesn't check them. Override it in a conditional network: wrong labels are then refused before they reach a layer.
    /// </summary>
    public virtual int? Classes => null;

    /// <summary>
    /// Whether <see cref="forward"/> takes mixtures of classes too, in the place of labels: a float tensor of shape [N, <see cref="Classes"/>] with the weight of each class. Default false; all of
    /// the library's conditional generators do. To support it, read labels with <see cref="Latents.ClassMixture.LookUp"/> or <see cref="Latents.ClassMixture.Codes"/>, which take both, and override this.
    /// </summary>
    public virtual bool TakesMixtures => false;

    /// <summary>x = G(z).</summary>
    /// <param name="latents">Float tensor of shape [N, <see cref="LatentPrior.Size"/>].</param>
    /// <param name="labels">Int64 tensor of shape [N] with the class to generate, or null. A network that isn't conditional ignores it. Where it <see cref="TakesMixtures"/>, also float of shape [N, Classes].</param>
    /// <returns>Float tensor of shape [N, …], N samples of the data's shape.</returns>
    public abstract override Tensor forward(Tensor latents, Tensor? labels);

    /// <summary>
    /// Makes a second network of the same architecture, into which <c>GanTrainer.Snapshot</c> and <c>GanTrainer.Sample</c> copy the trained weights, so that they don't use this one.
    /// To support it, override this and call your constructor; whatever <see cref="forward"/> uses besides parameters and buffers must stay the same in both.
    /// </summary>
    /// <returns>A new network with any weights, which the caller disposes. Null (the default) where the network can't create one.</returns>
    public virtual GeneratorNetwork? CloneArchitecture() => null;

    /// <summary>Draws z from <see cref="Prior"/> and returns G(z), in evaluation mode and without gradients.</summary>
    /// <param name="count">Number of samples, at least 1.</param>
    /// <param name="labels">Int64 tensor of shape [count] with the class of each sample, or mixtures of classes (<see cref="Latents.ClassMixture"/>: float of shape [count, Classes]), moved to the network's device; null for none. A network that isn't conditional ignores classes.</param>
    /// <param name="random">Source of the latents, of the network's device; torch's global one where null.</param>
    /// <param name="label">One class for all samples, instead of <paramref name="labels"/>: <c>Sample(8, label: 3)</c>. Null for none.</param>
    /// <returns>Tensor of shape [count, …] on the network's device.</returns>
    /// <exception cref="ArgumentException">The labels have the wrong type or length, lie outside <see cref="Classes"/>, or are missing although it is set; or mixtures have a weight below 0 or a sum that isn't 1, or the network doesn't take them (<see cref="TakesMixtures"/>).</exception>
    /// <exception cref="NetworkException">The network isn't float32, or fails without labels.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public Tensor Sample(int count, Tensor? labels = null, torch.Generator? random = null, long? label = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var scope = NewDisposeScope();
        return Generate(() => Prior.Sample(count, random, this.Device()), count, LabelCheck.Combined(labels, label, count), $"Sample({count}, labels)").MoveToOuterDisposeScope();
    }

    /// <summary>G(z) for the given latents, in evaluation mode and without gradients: for walks through latent space, or the same z at every step.</summary>
    /// <param name="latents">Float32 tensor of shape [N, <see cref="LatentPrior.Size"/>], moved to the network's device.</param>
    /// <param name="labels">Int64 tensor of shape [N] with the class of each sample, or mixtures of classes (float of shape [N, Classes]); null for none.</param>
    /// <param name="label">One class for all samples, instead of <paramref name="labels"/>; null for none.</param>
    /// <returns>Tensor of shape [N, …] on the network's device.</returns>
    /// <exception cref="ArgumentException">The latents have the wrong shape or type, or the labels are invalid.</exception>
    /// <exception cref="NetworkException">The network isn't float32, or fails without labels.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public Tensor Sample(Tensor latents, Tensor? labels = null, long? label = null)
    {
        ArgumentNullException.ThrowIfNull(latents);
        if (latents.dtype != ScalarType.Float32 || latents.dim() != 2 || latents.size(0) < 1 || latents.size(1) != Prior.Size)
            throw new ArgumentException($"latents must be float32 of shape [N, {Prior.Size}] with N at least 1 but are {latents.dtype} of shape {Shape.Format(latents.shape)}.", nameof(latents));
        using var scope = NewDisposeScope();
        var count = latents.shape[0];
        return Generate(() => latents.to(this.Device()), count, LabelCheck.Combined(labels, label, count), "Sample(latents, labels)").MoveToOuterDisposeScope();
    }

    /// <summary>G(z), whose latents are drawn only once nothing is wrong with the request.</summary>
    private Tensor Generate(Func<Tensor> latents, long count, Tensor? labels, string remedy)
    {
        Disposal.ThrowIfDisposed(this);
        TypeCheck.ThrowIfNotFloat32(this);
        LabelCheck.ThrowIfUnfit(this, labels, count);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var z = latents();
        try
        {
            return this.Evaluating(() => Chunks.Map(z, labels?.to(z.device), call)).MoveToOuterDisposeScope();
        }
        catch (Exception exception) when (labels is null && exception is (NullReferenceException or ArgumentNullException))
        {
            throw new NetworkException($"{GetType().Name}.forward failed without labels: {FirstLine.Of(exception)}. If it is conditional, pass them: {remedy}.", exception);
        }
    }
}
