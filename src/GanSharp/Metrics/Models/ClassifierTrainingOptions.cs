using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Metrics.Models;

/// <summary>The classifier of a <see cref="ClassificationAccuracyScore"/> and how it is trained. Values are comparable only where all of it is equal.</summary>
public sealed record ClassifierTrainingOptions
{
    /// <summary>
    /// Creates a classifier from the shape of a sample and the number of classes: a network from float32 samples [N, …] to logits [N, classes], which the score disposes. Torch's global random
    /// generator is seeded while it runs. Null (the default) for the body of the garment classifier where samples are images with sides of at least 8, else two hidden layers of 128.
    /// </summary>
    public Func<IReadOnlyList<long>, int, Module<Tensor, Tensor>>? MakeClassifier { get; init; }

    /// <summary>Updates, at least 1. Default 1,000: some 40 seconds on one core for garments, after which more steps on 10,000 images change little.</summary>
    public int Steps { get; init; } = 1_000;

    /// <summary>Samples of an update, at least 1. Default 128, as of the garment classifier.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Adam's initial rate, finite and above 0; it falls along half a cosine to a hundredth. Default 2e-3, as of the garment classifier.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Determines the initial weights and the order of the samples. A metric takes the context's instead. Default 0.</summary>
    public long Seed { get; init; }

    internal void ThrowIfInvalid()
    {
        var faults = Faults().ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, ["The classifier's options are invalid:", .. faults.Select(fault => $"- {fault}")]));
    }

    private IEnumerable<string> Faults()
    {
        if (Steps < 1)
            yield return FormattableString.Invariant($"Steps must be at least 1 but is {Steps}.");
        if (BatchSize < 1)
            yield return FormattableString.Invariant($"BatchSize must be at least 1 but is {BatchSize}.");
        if (!(LearningRate > 0 && double.IsFinite(LearningRate)))
            yield return FormattableString.Invariant($"LearningRate must be finite and above 0 but is {LearningRate}.");
    }
}
