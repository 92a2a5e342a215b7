using System.Collections.ObjectModel;

namespace GanSharp.Metrics;

/// <summary>
/// A number that compares generated samples with held-out ones and is measured at the reports of a training run (<c>TrainingOptions.Metrics</c>).
/// Implement it for a metric of your own: it then stands in reports, tables and plots, and checkpoints can keep the best by it.
/// </summary>
public interface IMetric
{
    /// <summary>What reports, tables and <c>CheckpointOptions.KeepBest</c> call it, such as "energy distance (pixels)". Not blank, and the same at every call.</summary>
    string Name { get; }

    /// <summary>Which of two values is the better one. Where it is <see cref="MetricGoal.NearReal"/>, <see cref="Measure"/> must return what real samples get.</summary>
    MetricGoal Goal { get; }

    /// <summary>
    /// What must be equal, besides the data and the number of samples, for two values to be comparable: "features" (the extractor's name), "weights" (the hash
    /// of its weights), "neighbors" and the like, each as text of the invariant culture. Empty by default.
    /// </summary>
    IReadOnlyDictionary<string, string> Settings => ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Measures the generator of the context.</summary>
    /// <param name="context">
    /// Real and generated samples in batches, so that they never have to be in memory together. It is valid until this method returns. Draw random numbers from
    /// <see cref="GanSharp.Randomness.SeededRandom"/> with the context's seed and step (torch's global generator is seeded with them too), so that the same
    /// networks give the same value.
    /// </param>
    /// <returns>A number, or an <see cref="Estimates.Estimate"/> where the metric has a 95% interval. NaN counts as a failure.</returns>
    /// <remarks>
    /// It is called without gradients (a metric that trains something enables them: <c>using var _ = enable_grad()</c>) and in a DisposeScope; a loop over many
    /// batches opens one of its own for each. What it throws stands in the report, and training goes on.
    /// </remarks>
    MetricValue Measure(MetricContext context);
}
