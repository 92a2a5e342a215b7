using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using GanSharp.Estimates;
using GanSharp.IO;

namespace GanSharp.Metrics;

/// <summary>
/// A metric's value with all that makes it comparable, as JSON. Two values say which of two generators is better only where everything but the generated samples was
/// the same, so a comparison with an unlike record is refused.
/// </summary>
public sealed record MetricRecord
{
    // One takes 1 KB.
    private const long LargestBytes = 1 << 20;

    /// <summary>The metric's name, with that of its features.</summary>
    public required string Metric { get; init; }

    /// <summary>The value.</summary>
    public required double Value { get; init; }

    /// <summary>The value with its 95% interval; null where the metric has none.</summary>
    public Estimate? Interval { get; init; }

    /// <summary>Real samples against as many other real ones: what a perfect generator would get; null where it wasn't measured.</summary>
    public Estimate? OfReal { get; init; }

    /// <inheritdoc cref="IMetric.Goal"/>
    public required MetricGoal Goal { get; init; }

    /// <inheritdoc cref="IMetric.Settings"/>
    public required SortedDictionary<string, string> Settings { get; init; }

    /// <summary>Real samples that could be used; null where every draw was fresh.</summary>
    public required long? RealCount { get; init; }

    /// <summary>Generated samples that could be used; null for a generator, which makes as many as the metric asks for.</summary>
    public required long? GeneratedCount { get; init; }

    /// <summary>What determined the samples that were drawn.</summary>
    public required long Seed { get; init; }

    /// <summary>Name of the real data.</summary>
    public required string DataName { get; init; }

    /// <summary>Hash of the real data, its held-out part included (<see cref="Data.DatasetFingerprint"/>).</summary>
    public required string DataSha256 { get; init; }

    /// <summary>Name of the generator, or of the generated data.</summary>
    public required string GeneratedName { get; init; }

    /// <summary>Hash of the generator's weights, or of the generated data.</summary>
    public required string GeneratedSha256 { get; init; }

    /// <summary>Version of GanSharp.</summary>
    public required string GanSharpVersion { get; init; }

    /// <summary>Why another record can't be compared with this one.</summary>
    /// <param name="other">The other record.</param>
    /// <returns>A phrase for each thing that differs, such as "the seed is 1 in place of 0"; empty where the two can be compared.</returns>
    public IReadOnlyList<string> DifferencesFrom(MetricRecord other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return [.. Comparable().Concat(other.Comparable().Where(entry => !Comparable().Any(mine => mine.Name == entry.Name)).Select(entry => (entry.Name, Value: "none")))
            .Select(mine => (mine.Name, Mine: mine.Value, Theirs: other.Comparable().FirstOrDefault(theirs => theirs.Name == mine.Name).Value ?? "none"))
            .Where(entry => entry.Mine != entry.Theirs)
            .Select(entry => $"{entry.Name} is {entry.Theirs} in place of {entry.Mine}")];
    }

    /// <summary>Compares two values of the same metric, data, counts, seed, settings and version by the metric's goal.</summary>
    /// <param name="other">The other record.</param>
    /// <returns>Whether this value is better. One that isn't finite never is.</returns>
    /// <exception cref="ArgumentException">They can't be compared; the message lists every difference.</exception>
    public bool IsBetterThan(MetricRecord other)
    {
        var differences = DifferencesFrom(other);
        if (differences.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, [$"'{Metric}' of {GeneratedName} and '{other.Metric}' of {other.GeneratedName} can't be compared:", .. differences.Select(difference => $"- {difference}")]), nameof(other));
        return Goal.IsBetter(Value, other.Value, OfReal);
    }

    /// <summary>Writes the record as JSON; the file appears complete or not at all.</summary>
    /// <param name="path">Where to write.</param>
    public void Save(string path) => AtomicFile.Save(path, stream => JsonSerializer.Serialize(stream, this, MetricJson.Default.MetricRecord));

    /// <summary>Reads a record from a file, which may be untrusted.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The record as it was saved. That its numbers are true it can't show.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">It is no record; the message says why.</exception>
    public static MetricRecord Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var length = new FileInfo(path).Length;
        if (length > LargestBytes)
            throw new ArgumentException($"'{path}' must have at most {LargestBytes:N0} bytes to be a metric's record but has {length:N0}.", nameof(path));
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), MetricJson.Default.MetricRecord) ?? throw new JsonException("it holds null.");
        }
        // The second exception is thrown for half a surrogate pair ("\ud800").
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ArgumentException($"'{path}' is no metric's record: {exception.Message}", nameof(path), exception);
        }
    }

    /// <summary>"energy distance (pixels): 0.1114 ± 0.0042".</summary>
    public override string ToString() => $"{Metric}: {Interval?.ToString() ?? Value.ToString("0.0000", CultureInfo.InvariantCulture)}";

    private IEnumerable<(string Name, string Value)> Comparable()
    {
        static string Count(long? count) => count?.ToString(CultureInfo.InvariantCulture) ?? "unlimited";
        yield return ("the metric", $"'{Metric}'");
        foreach (var (name, value) in Settings)
            yield return ($"the setting '{name}'", value);
        yield return ("the number of real samples", Count(RealCount));
        yield return ("the number of generated samples", Count(GeneratedCount));
        yield return ("the seed", Seed.ToString(CultureInfo.InvariantCulture));
        yield return ("the real data", DataSha256);
        yield return ("the version of GanSharp", GanSharpVersion);
    }
}

/// <summary>Strict JSON: every field once and none unknown. A value may be infinite, such as a distance of samples that share nothing.</summary>
[JsonSerializable(typeof(MetricRecord))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, UseStringEnumConverter = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed partial class MetricJson : JsonSerializerContext;
