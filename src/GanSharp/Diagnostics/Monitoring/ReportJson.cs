using System.Text.Json.Serialization;
using GanSharp.Diagnostics.Reports;

namespace GanSharp.Diagnostics.Monitoring;

/// <summary>What processes that measure together tell each other. Written by generated code, which a trimmed program keeps.</summary>
[JsonSerializable(typeof(DividedWork.Told<double>))]
[JsonSerializable(typeof(DividedWork.Told<DiagnosticReport>))]
[JsonSerializable(typeof(OtherRankException.Cause))]
[JsonSerializable(typeof(MetricMonitor.Found))]
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, IgnoreReadOnlyProperties = true)]
internal sealed partial class ReportJson : JsonSerializerContext;
