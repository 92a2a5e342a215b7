using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Penalties;

/// <summary>One side of a discriminator's pass.</summary>
/// <param name="Samples">The samples that D judged, shape [N, …]; a leaf that requires gradient where a penalty asks for it.</param>
/// <param name="Logits">What D said, shape [N], with its graph.</param>
/// <param name="Labels">Classes of the samples, or null.</param>
public sealed record JudgedSamples(Tensor Samples, Tensor Logits, Tensor? Labels);

/// <summary>What a penalty sees of D's step.</summary>
/// <param name="Discriminator">D itself, for penalties that evaluate it at points of their own.</param>
/// <param name="Real">Samples of the data.</param>
/// <param name="Fake">Samples of the generator, detached from it.</param>
/// <param name="Step">Generator steps taken before this one, for schedules.</param>
public sealed record DiscriminatorPass(DiscriminatorNetwork Discriminator, JudgedSamples Real, JudgedSamples Fake, long Step);
