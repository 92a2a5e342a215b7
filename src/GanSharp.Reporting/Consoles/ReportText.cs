using System.Globalization;
using GanSharp.Diagnostics.Health;
using GanSharp.Training;
using GanSharp.Training.Runs;

namespace GanSharp.Reporting.Consoles;

/// <summary>What a report says, in the words of the console.</summary>
internal static class ReportText
{
    /// <summary>The losses by name, each with the color it has in plots.</summary>
    public static IEnumerable<(string Name, double Value, string Color)> Losses(TrainingReport report)
    {
        if (report is not StepReport game)
            yield break;
        yield return ("loss D", game.DiscriminatorLoss, "dodgerblue1");
        yield return ("loss G", game.GeneratorLoss, "green");
        if (game.Penalty != 0)
            yield return ("penalty", game.Penalty, "darkorange");
        if (game.GeneratorPenalty != 0)
            yield return ("penalty of G", game.GeneratorPenalty, "hotpink");
        if (game.Value is { } value)
            yield return ("V(D)", value, "default");
    }

    /// <summary>How far the generator is from the data and what that is worth; a short form for narrow terminals. Empty where nothing was measured.</summary>
    public static string Headline(TrainingReport report, bool isBrief) => report switch
    {
        StepReport { Divergence: null } => "",
        StepReport { Divergence: { } distance } => isBrief ? distance.Brief.Replace(">=", "≥", StringComparison.Ordinal) : $"{distance}.",
        _ => report.Summary,
    };

    /// <summary>The newest verdicts, each with its evidence and, where something should change, what.</summary>
    public static IEnumerable<(bool IsProblem, string Text)> Findings(TrainingReport report) =>
        from finding in (report as StepReport)?.Health?.Findings ?? []
        select (finding.IsProblem, finding.IsProblem ? $"{finding.Name}: {finding.Evidence}. {finding.Advice}." : $"{finding.Name}: {Evidence(finding)}.");

    /// <summary>Of a balanced run the evidence begins with the distance, which the headline has said.</summary>
    private static string Evidence(HealthFinding finding) => finding.Verdict == HealthVerdict.Balanced ? finding.Evidence[(finding.Evidence.LastIndexOf("; ", StringComparison.Ordinal) is >= 0 and var at ? at + 2 : 0)..] : finding.Evidence;

    /// <summary>Every term of the losses, in a line without spaces inside of a term where it may be broken; empty where there are only the two losses.</summary>
    public static string Terms(TrainingReport report) => report is StepReport && report.Terms.Count <= 2 ? ""
        : string.Join("  ", report.Terms.Select(term => string.Create(CultureInfo.InvariantCulture, $"{term.Key}={term.Value:0.0000}")));

    /// <summary>What each metric found.</summary>
    public static IEnumerable<string> Metrics(TrainingReport report) => report.Metrics.Select(metric => $"{metric.Key}  {metric.Value}");
}
