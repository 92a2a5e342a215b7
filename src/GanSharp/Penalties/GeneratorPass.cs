using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Penalties;

/// <summary>What a penalty of G sees of its step.</summary>
/// <param name="generator">G itself.</param>
/// <param name="latents">z.</param>
/// <param name="samples">G(z).</param>
/// <param name="output">What D said of the samples.</param>
/// <param name="labels">Classes that G was asked for.</param>
/// <param name="step">Generator steps taken before this one.</param>
/// <param name="random">Makes the penalty's own stream; torch's default seed where null.</param>
public sealed class GeneratorPass(
    GeneratorNetwork generator, Tensor latents, Tensor samples, DiscriminatorOutput output, Tensor? labels, long step, Func<Generator>? random = null)
    : PenaltyPass(step, random)
{
    /// <summary>G itself, for penalties that evaluate it at latents of their own.</summary>
    public GeneratorNetwork Generator => generator;

    /// <summary>z, shape [N, size of the prior]; a leaf that requires gradient where a penalty asks for it.</summary>
    public Tensor Latents => latents;

    /// <summary>G(z), shape [N, …], with its graph.</summary>
    public Tensor Samples => samples;

    /// <summary>What D said of the samples, with its graph. D's parameters are held fixed.</summary>
    public DiscriminatorOutput Output => output;

    /// <summary>Classes that G was asked for, or null.</summary>
    public Tensor? Labels => labels;
}
