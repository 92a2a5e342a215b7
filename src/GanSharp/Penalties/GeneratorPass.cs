using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Penalties;

/// <summary>What a penalty of G sees of its step.</summary>
/// <param name="generator">G itself.</param>
/// <param name="latents">z, shape [N, size of the prior].</param>
/// <param name="samples">G(z), shape [N, …].</param>
/// <param name="output">What D said of the samples.</param>
/// <param name="labels">Classes that G was asked for, int64 of shape [N]; null for none.</param>
/// <param name="step">Generator steps taken before this one.</param>
/// <param name="random">Makes the penalty's own stream; one of seed 0 on the CPU where null.</param>
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

    /// <summary>Classes that G was asked for, int64 of shape [N]; null for none.</summary>
    public Tensor? Labels => labels;
}
