using System.Text.Json.Serialization;

namespace GanSharp.Reporting.Runs;

/// <summary>What a later version adds is passed over, so that an older one still reads the rest.</summary>
[JsonSerializable(typeof(ReportRecord))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(FiniteNumberConverter)])]
internal sealed partial class ReportJson : JsonSerializerContext;

/// <summary>The small files of a run folder, for people too.</summary>
[JsonSerializable(typeof(RunInfo))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, WriteIndented = true, NewLine = "\n", DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class RunJson : JsonSerializerContext;
