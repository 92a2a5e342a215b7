using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Penalties;

/// <summary>What a penalty of D sees of its step.</summary>
/// <param name="discriminator">D itself.</param>
/// <param name="real">Samples of the data.</param>
/// <param name="fake">Samples of the generator, detached from it.</param>
/// <param name="step">Generator steps taken before this one.</param>
/// <param name="random">Makes the penalty's own stream; one of seed 0 on the CPU where null.</param>
public sealed class DiscriminatorPass(DiscriminatorNetwork discriminator, JudgedSamples real, JudgedSamples fake, long step, Func<Generator>? random = null)
    : PenaltyPass(step, random)
{
    /// <summary>D itself, for penalties that evaluate it at points of their own.</summary>
    public DiscriminatorNetwork Discriminator => discriminator;

    /// <summary>Samples of the data.</summary>
    public JudgedSamples Real => real;

    /// <summary>Samples of the generator, detached from it.</summary>
    public JudgedSamples Fake => fake;

    /// <summary>G, for penalties that make samples of their own: call it within <c>no_grad()</c>, since it isn't the one that learns. Null where it isn't available.</summary>
    public GeneratorNetwork? Generator { get; init; }

    /// <summary>
    /// Augments samples as those of <see cref="Fake"/> were before D judged them, with the same random numbers, for penalties that compare D's output there with its output of samples of their own.
    /// It takes and returns a tensor of shape [N, …]. Null (the default) where nothing is augmented.
    /// </summary>
    public Func<Tensor, Tensor>? AugmentFake { get; init; }

    /// <summary>The latents of <see cref="Fake"/>, shape [N, size of the prior]; null where they aren't available.</summary>
    public Tensor? Latents { get; init; }
}
