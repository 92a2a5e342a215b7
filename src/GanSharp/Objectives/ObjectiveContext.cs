using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Objectives;

/// <summary>What an objective sees of one player's step.</summary>
/// <param name="real">What D said of real samples; null where it wasn't asked.</param>
/// <param name="fake">What D said of generated samples.</param>
public sealed class ObjectiveContext(DiscriminatorOutput? real, DiscriminatorOutput fake)
{
    /// <summary>What D said of real samples; in G's step without gradient, and only where <see cref="GanObjective.GeneratorNeedsReal"/> asks for it.</summary>
    /// <exception cref="InvalidOperationException">It wasn't asked for.</exception>
    public DiscriminatorOutput Real => real ?? throw new InvalidOperationException(
        $"G's loss reads what D says of real samples, which costs a pass of D and must be asked for: override {nameof(GanObjective.GeneratorNeedsReal)} to return true.");

    /// <summary>What D said of generated samples; in D's step they are detached from G.</summary>
    public DiscriminatorOutput Fake => fake;

    /// <summary>Classes of the real samples, int64 of shape [N], or null.</summary>
    public Tensor? RealLabels { get; init; }

    /// <summary>Classes that G was asked for, int64 of shape [N], or null.</summary>
    public Tensor? FakeLabels { get; init; }

    /// <summary>The latents of the generated samples, shape [N, size of the prior]; null where nobody gives them.</summary>
    public Tensor? Latents { get; init; }

    /// <summary>Generator steps taken before this one, for schedules.</summary>
    public long Step { get; init; }

    /// <summary>Whether <see cref="Real"/> may be read.</summary>
    internal bool HasReal => real is not null;
}
