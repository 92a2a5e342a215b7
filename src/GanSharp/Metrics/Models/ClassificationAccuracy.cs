using GanSharp.Estimates;

namespace GanSharp.Metrics.Models;

/// <summary>The result of <see cref="ClassificationAccuracyScore"/>.</summary>
/// <param name="Accuracy">Share of all test samples that the classifier recognizes, with Wilson's 95% interval, which is that of this classifier: training with another seed isn't in it.</param>
/// <param name="OfClasses">The same for the test samples of each class, in the order of the labels: it shows which classes a generator misses. Null for a class without test samples.</param>
public sealed record ClassificationAccuracy(Estimate Accuracy, IReadOnlyList<Estimate?> OfClasses)
{
    /// <summary>"0.8123 [0.8045, 0.8199]".</summary>
    public override string ToString() => Accuracy.ToString();
}
