using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Objectives;

/// <summary>What an objective can use in one player's step.</summary>
/// <param name="real">D's output for real samples; null where it wasn't computed.</param>
/// <param name="fake">D's output for generated samples.</param>
public sealed class ObjectiveContext(DiscriminatorOutput? real, DiscriminatorOutput fake)
{
    /// <summary>D's output for real samples; in G's step without gradient, and only if <see cref="GanObjective.GeneratorNeedsReal"/> is true.</summary>
    /// <exception cref="InvalidOperationException">It wasn't computed.</exception>
    public DiscriminatorOutput Real => real ?? throw new InvalidOperationException(
        $"G's loss reads what D says of real samples, which costs a pass of D and must be asked for: override {nameof(GanObjective.GeneratorNeedsReal)} to return true.");

    /// <summary>D's output for generated samples; in D's step the samples are detached from G.</summary>
    public DiscriminatorOutput Fake => fake;

    /// <summary>Classes of the real samples, int64 of shape [N], or null.</summary>
    public Tensor? RealLabels { get; init; }

    /// <summary>Classes that G was asked to generate, int64 of shape [N], or null.</summary>
    public Tensor? FakeLabels { get; init; }

    /// <summary>The latents of the generated samples, shape [N, size of the prior]; null where they aren't available.</summary>
    public Tensor? Latents { get; init; }

    /// <summary>Generator steps taken before this one, for schedules.</summary>
    public long Step { get; init; }

    /// <summary>Whether <see cref="Real"/> is available.</summary>
    internal bool HasReal => real is not null;
}
