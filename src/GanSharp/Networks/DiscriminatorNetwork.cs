using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks;

/// <summary>
/// D: a classifier of real against generated samples that returns logits. Its logit is an estimate of ln p_d/p_g (eqs. 5 to 7);
/// the probability D(x) is the logit's sigmoid, and no part of GanSharp takes the logarithm of a probability.
/// Subclass it, build the layers in the constructor, end the constructor with <c>RegisterComponents()</c>, and override <c>forward</c>.
/// </summary>
public abstract class DiscriminatorNetwork : Module<Tensor, Tensor?, DiscriminatorOutput>
{
    /// <summary>Sets the network's name.</summary>
    /// <param name="name">The network's name in messages; by convention the name of the class.</param>
    protected DiscriminatorNetwork(string name)
        : base(name)
    {
    }

    /// <summary>How many samples one logit judges together: 1, or the packing degree of PacGAN (Lin et al. 2018).</summary>
    public virtual int SamplesPerLogit => 1;

    /// <summary>
    /// Number of classes that D is conditioned on: labels must then be given and lie in [0, Classes). Null (the default) for a network that
    /// ignores labels or doesn't check them.
    /// </summary>
    public virtual int? Classes => null;

    /// <summary>The logits of samples.</summary>
    /// <param name="samples">Float tensor of shape [N, …].</param>
    /// <param name="labels">Int64 tensor of shape [N] with the samples' classes, or null. A network that isn't conditional ignores it.</param>
    /// <returns>
    /// Logits, a float tensor of shape [N / <see cref="SamplesPerLogit"/>], which converts to the output automatically; where D has an auxiliary classifier or
    /// exposes features, a <see cref="DiscriminatorOutput"/> with them.
    /// </returns>
    public abstract override DiscriminatorOutput forward(Tensor samples, Tensor? labels);

    /// <summary>The logits of samples, in evaluation mode and without gradients.</summary>
    /// <param name="samples">Tensor of shape [N, …], of the type of the network's parameters; moved to the network's device if necessary.</param>
    /// <param name="labels">Int64 tensor of shape [N], or null.</param>
    /// <returns>Tensor of shape [N / <see cref="SamplesPerLogit"/>] on the network's device.</returns>
    /// <exception cref="ArgumentException">The samples have another type than the parameters, or the labels have the wrong type or length, lie outside <see cref="Classes"/>, or are missing although it is set.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public Tensor Logits(Tensor samples, Tensor? labels = null)
    {
        using var scope = NewDisposeScope();
        return Judge(samples, labels).Logits.MoveToOuterDisposeScope();
    }

    /// <summary>D's complete output for samples, in evaluation mode and without gradients.</summary>
    /// <inheritdoc cref="Logits"/>
    /// <returns>The output, on the network's device.</returns>
    public DiscriminatorOutput Judge(Tensor samples, Tensor? labels = null)
    {
        ArgumentNullException.ThrowIfNull(samples);
        Disposal.ThrowIfDisposed(this);
        if (samples.dim() == 0 || samples.size(0) % SamplesPerLogit != 0)
            throw new ArgumentException($"samples must have shape [N, …] with N a multiple of the {SamplesPerLogit} that {GetType().Name} judges together but have shape {Shape.Format(samples.shape)}.", nameof(samples));
        if (parameters().FirstOrDefault() is { } parameter && parameter.dtype != samples.dtype)
            throw new ArgumentException($"samples must be {parameter.dtype} like the parameters of {GetType().Name} but are {samples.dtype}. Convert them: samples.to(ScalarType.{parameter.dtype}).", nameof(samples));
        LabelCheck.ThrowIfUnfit(GetType().Name, Classes, labels, samples.size(0));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var device = this.Device();
        return this.Evaluating(() => Chunks.Map(samples.to(device), labels?.to(device), call, SamplesPerLogit)).Map(part => part.MoveToOuterDisposeScope());
    }
}
