using System.Text.Json;
using System.Text.Json.Serialization;
using GanSharp.Diagnostics.Reports;
using GanSharp.Training.State;

namespace GanSharp.Training.Checkpointing;

/// <summary>What a checkpoint holds beside its tensors, as state.json.</summary>
internal sealed record CheckpointManifest
{
    public const int CurrentFormatVersion = 1;

    // With a hundred penalties and the reports of a whole window it takes 100 KB.
    private const long LargestBytes = 16 << 20;

    public required int FormatVersion { get; init; }

    public required Guid RunId { get; init; }

    public required long Step { get; init; }

    public required long SamplesSeen { get; init; }

    public required SortedDictionary<string, double[]> Scalars { get; init; }

    public required SortedDictionary<string, string> Options { get; init; }

    public required SortedDictionary<string, string> Environment { get; init; }

    /// <summary>Looks that the diagnostics took, by which audits are scheduled, and the recent ones, from which health is judged.</summary>
    public required long Looks { get; init; }

    public required IReadOnlyList<DiagnosticReport> RecentDiagnostics { get; init; }

    /// <summary>Reports that the metrics have seen, by which they are scheduled.</summary>
    public long MetricReports { get; init; }

    /// <summary>The checkpoint that is kept because a metric was best there; it may be this one.</summary>
    public BestCheckpoint? Best { get; init; }

    public void Write(Stream stream) => JsonSerializer.Serialize(stream, this, CheckpointJson.Default.CheckpointManifest);

    /// <exception cref="CheckpointException">The file is of another format version, or no manifest.</exception>
    public static CheckpointManifest Read(string checkpoint)
    {
        var path = Path.Combine(checkpoint, CheckpointFolder.ManifestName);
        if (new FileInfo(path).Length is > LargestBytes and var length)
            throw new CheckpointException($"'{path}' must have at most {LargestBytes:N0} bytes to be a checkpoint's manifest but has {length:N0}.");
        return Parse(File.ReadAllBytes(path), checkpoint);
    }

    /// <summary>A manifest's bytes.</summary>
    /// <inheritdoc cref="Read"/>
    public static CheckpointManifest Parse(byte[] bytes, string checkpoint)
    {
        var path = Path.Combine(checkpoint, CheckpointFolder.ManifestName);
        try
        {
            ThrowIfOtherFormat(bytes, checkpoint);
            var manifest = JsonSerializer.Deserialize(bytes, CheckpointJson.Default.CheckpointManifest)!;
            if (manifest is not { Step: >= 0, SamplesSeen: >= 0, Looks: >= 0, MetricReports: >= 0 })
                throw new CheckpointException($"'{path}' must hold counts of at least 0 but holds step {manifest.Step}, samplesSeen {manifest.SamplesSeen}, looks {manifest.Looks} and metricReports {manifest.MetricReports}.");
            return manifest.Best is not { } best || best.Step >= 0 && best.Step <= manifest.Step ? manifest
                : throw new CheckpointException($"'{path}' must name a best step from 0 to its own {manifest.Step} but names {best.Step}.");
        }
        // The second is what half a surrogate pair ("\ud800") throws.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new CheckpointException($"'{path}' is no checkpoint's manifest: {exception.Message}", exception);
        }
    }

    /// <summary>Which run a checkpoint is of; null where its manifest can't be read.</summary>
    public static Guid? RunOf(string checkpoint)
    {
        try
        {
            return Read(checkpoint).RunId;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A later format would have other fields, so its version is looked at before they are.</summary>
    private static void ThrowIfOtherFormat(byte[] bytes, string checkpoint)
    {
        using var document = JsonDocument.Parse(bytes);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("formatVersion", out var version))
            throw new JsonException("It must hold an object with a formatVersion.");
        if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != CurrentFormatVersion)
            throw new CheckpointException($"The checkpoint '{checkpoint}' has format version {version.GetRawText()} but this GanSharp reads {CurrentFormatVersion}. Resume with the GanSharp that wrote it.");
    }
}

/// <summary>Strict JSON: every field once and none unknown. Written by generated code, so that a trimmed program makes checkpoints.</summary>
[JsonSerializable(typeof(CheckpointManifest))]
[JsonSerializable(typeof(SharedResumption.Outcome))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", AllowDuplicateProperties = false, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, IgnoreReadOnlyProperties = true)]
internal sealed partial class CheckpointJson : JsonSerializerContext;
