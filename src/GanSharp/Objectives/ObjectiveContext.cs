using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Objectives;

/// <summary>What an objective can use in one player's step.</summary>
/// <param name="real">D's output for real samples; null where it wasn't computed.</param>
/// <param name="fake">D's output for generated samples.</param>
/// <param name="random">Makes the objective's own stream; one of seed 0 on the logits' device where null.</param>
public sealed class ObjectiveContext(DiscriminatorOutput? real, DiscriminatorOutput fake, Func<Generator>? random = null) : IDisposable
{
    private ObjectiveContext? origin;
    private Generator? stream;

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

    /// <summary>
    /// Random numbers for an objective that draws, a function of the run's seed, the step and the player: a resumed run draws the same, and nothing else does.
    /// It is on the device of the logits.
    /// </summary>
    public Generator Random => origin?.Random ?? (stream ??= random?.Invoke() ?? new Generator(0, fake.Logits.device));

    /// <summary>Whether <see cref="Real"/> is available.</summary>
    public bool HasReal => real is not null;

    /// <summary>The same step with other outputs of D, for an objective that changes what another one sees.</summary>
    /// <param name="otherReal">What takes the place of <see cref="Real"/>; null for none.</param>
    /// <param name="otherFake">What takes the place of <see cref="Fake"/>.</param>
    /// <returns>A context with the same labels, latents, step and random stream. It needs no disposal: the stream is this one's.</returns>
    public ObjectiveContext With(DiscriminatorOutput? otherReal, DiscriminatorOutput otherFake) => new(otherReal, otherFake)
    {
        RealLabels = RealLabels,
        FakeLabels = FakeLabels,
        Latents = Latents,
        Step = Step,
        origin = this,
    };

    /// <summary>Releases the stream.</summary>
    public void Dispose() => stream?.Dispose();
}
