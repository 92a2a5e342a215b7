using System.Globalization;
using GanSharp.Diagnostics.Reports;

namespace GanSharp.Diagnostics.Health;

/// <summary>Rules for a G that lacks variety: its samples are too similar, or whole modes of the data are missing.</summary>
internal static class CollapseRules
{
    private const int PersistenceReports = 2, StuckReports = 8;
    // Half the data's spread, or neighbors four times as close as the data's: healthy runs stay above 0.7 and 0.3 once they have begun to learn.
    private const double CollapsedPairwise = 0.5, CollapsedNearest = 0.25;
    // An untrained G makes nearly the same sample again and again, so little variety counts only if G had twice as much before, or hasn't gained any for eight reports.
    private const double FallenShare = 0.5, RisingFactor = 1.5;
    // A perfect G reaches all regions of the data; healthy runs whose samples lie where data lies reach at least 0.84, and a G with half of the modes reaches 0.5.
    private const double MissingRegions = 0.75, OnDataShare = 0.5;

    private const string Advice = "Use TrainingOptions.RegularizedRelativistic (relativistic pairing with R1 and R2), lower G's learning rate, or take more steps of D";

    /// <summary>Little variety, after more variety before or without growth.</summary>
    /// <param name="window">Recent reports, oldest first.</param>
    public static HealthFinding? Collapsed(IReadOnlyList<DiagnosticReport> window)
    {
        if (window.Count < PersistenceReports || !window.TakeLast(PersistenceReports).All(IsNarrow))
            return null;
        var diversity = window[^1].Diversity;
        var hasFallen = window.Any(report => FallenShare * report.Diversity.PairwiseRatio >= diversity.PairwiseRatio)
            || (IsNarrowInNeighbors(diversity) && window.Any(report => FallenShare * report.Diversity.NearestRatio >= diversity.NearestRatio));
        var stuck = window.TakeLast(StuckReports).ToArray();
        var isStuck = stuck.Length == StuckReports && stuck.All(IsNarrow)
            && diversity.PairwiseRatio < RisingFactor * stuck.Min(report => report.Diversity.PairwiseRatio);
        if (!hasFallen && !isStuck)
            return null;
        var lost = window[^1].LostModes is { } modes and > 0 ? Invariant($"; {modes} of {window[^1].Modes!.Value.ModeCount} modes of the data get none of {window[^1].SampleCount:N0} samples") : "";
        return new HealthFinding(HealthVerdict.GeneratorCollapsed,
            Invariant($"generated samples are {diversity.PairwiseRatio:0.00} ± {diversity.PairwiseMargin:0.00} times as far apart as real ones, nearest neighbors {diversity.NearestRatio:0.00} ± {diversity.NearestMargin:0.00} times{lost}"), Advice);
    }

    /// <summary>Modes without any sample: counted where the data's modes are known, otherwise estimated with balls around held-out samples.</summary>
    public static HealthFinding? DropsModes(DiagnosticReport report)
    {
        if (IsNarrow(report))
            return null;
        if (report.LostModes is { } lost)
            return lost == 0 ? null : new HealthFinding(HealthVerdict.GeneratorDropsModes,
                Invariant($"{lost} of {report.Modes!.Value.ModeCount} modes of the data get none of {report.SampleCount:N0} generated samples"), Advice);
        if (report.Coverage is not { IsBelowData: true, Regions: < MissingRegions } coverage || coverage.Precision < OnDataShare * coverage.PrecisionOfReal)
            return null;
        return new HealthFinding(HealthVerdict.GeneratorDropsModes,
            Invariant($"generated samples lie where data lies, but {1 - coverage.Regions:0%} of the data has none near it among {coverage.SampleCount:N0}; ")
            + Invariant($"they cover {coverage.Value:0.00} of it, real ones {coverage.OfReal:0.00} (significant below {coverage.NullLower:0.00})"), Advice);
    }

    private static bool IsNarrow(DiagnosticReport report) =>
        report.Diversity.PairwiseRatio + report.Diversity.PairwiseMargin < CollapsedPairwise || IsNarrowInNeighbors(report.Diversity);

    private static bool IsNarrowInNeighbors(SampleDiversity diversity) => diversity.NearestRatio + diversity.NearestMargin < CollapsedNearest;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
