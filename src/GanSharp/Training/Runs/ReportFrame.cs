using GanSharp.Diagnostics.Reports;
using GanSharp.Metrics;

namespace GanSharp.Training.Runs;

/// <summary>What the reports of all trainers hold.</summary>
internal sealed record ReportFrame(
    long StartStep, long Step, long LastStep, IReadOnlyDictionary<string, MetricReading> Metrics, IReadOnlyList<DiagnosticFailure> MetricFailures, IReadOnlyList<string> Warnings, double SamplesPerSecond, TimeSpan Elapsed);
