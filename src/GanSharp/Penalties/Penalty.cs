using GanSharp.Networks;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Penalties;

/// <summary>
/// A term that the trainer adds to one player's loss: what <see cref="DiscriminatorPenalty"/> and <see cref="GeneratorPenalty"/> share. Penalties are objects in
/// a list; each is one small subclass. Draw from the <c>Random</c> of the pass, never from torch's global generator: a resumed run then draws the same.
/// </summary>
public abstract class Penalty
{
    /// <summary>What reports, CSV files and plots call it. Default: the name of the class.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>
    /// How many steps apart it is evaluated, at least 1 (lazy regularization, Karras et al. 2020). It is then multiplied by as much, so that its mean weight
    /// stays the same. Default 1: in every step.
    /// </summary>
    public virtual int EverySteps => 1;

    /// <summary>
    /// Receives the networks before a trainer does anything with the penalty. A penalty with a state (<see cref="IStateful"/>) makes it here, in the shapes and on the device of its network,
    /// as it is at the start of a run: the options of a run may serve a second one. Default: nothing.
    /// </summary>
    /// <param name="generator">G.</param>
    /// <param name="discriminator">D.</param>
    public virtual void Begin(GeneratorNetwork generator, DiscriminatorNetwork discriminator)
    {
    }

    /// <summary>Whether it is evaluated in a step.</summary>
    internal bool IsDue(long step) => step % EverySteps == 0;

    /// <summary>∂ outputs / ∂ inputs, summed over the outputs and differentiable again.</summary>
    /// <param name="outputs">What was computed, of any shape, with its graph.</param>
    /// <param name="inputs">From what, of any shape: <c>requires_grad_(true)</c> must be called on it before.</param>
    /// <returns>Tensor of the inputs' shape.</returns>
    /// <exception cref="InvalidOperationException">The inputs require no gradient, or the outputs don't depend on them.</exception>
    /// <remarks>Called directly, <c>autograd.grad</c> of TorchSharp 0.107.0 ends the process in both cases.</remarks>
    protected Tensor Gradient(Tensor outputs, Tensor inputs) => Gradient(
        outputs, inputs, "outputs with respect to inputs", "Call inputs.requires_grad_(true) before they are used.", "they are cut off by detach, no_grad or a value that was read out, or other inputs were used");

    private protected Tensor Gradient(Tensor outputs, Tensor inputs, string what, string remedy, string cause)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(inputs);
        if (!inputs.requires_grad)
            throw new InvalidOperationException($"{GetType().Name} differentiates {what} that require no gradient. {remedy}");
        return SafeGradient.Of(outputs, inputs, createGraph: true)
            ?? throw new InvalidOperationException($"{GetType().Name} differentiates {what} on which they don't depend: {cause}.");
    }
}
