using System.Globalization;

namespace GanSharp.Metrics.Features;

/// <summary>What every metric of an <see cref="IClassifier"/> needs.</summary>
internal static class ClassifierExtensions
{
    /// <summary>"classifier", its name, "weights", the hash of its weights where it has some, and "samples": what <see cref="IMetric.Settings"/> of a metric of a classifier begins with.</summary>
    public static SortedDictionary<string, string> Describe(this IClassifier classifier, long samples)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["classifier"] = classifier.Name,
            ["samples"] = samples.ToString(CultureInfo.InvariantCulture),
        };
        if (classifier.WeightsHash is { } hash)
            settings["weights"] = hash;
        return settings;
    }
}
