using System.Globalization;
using System.Net;
using System.Text;
using GanSharp.Diagnostics.Reports;
using GanSharp.Divergences;
using GanSharp.Metrics;
using GanSharp.Training;

namespace GanSharp.Reporting;

/// <summary>A run on one HTML page that needs no other file: the verdict and what to do, the numbers of the last report, and the pictures.</summary>
public static class RunReport
{
    private const string Style = """
        body { font: 16px/1.5 system-ui, sans-serif; color: #1f2937; max-width: 1000px; margin: 2rem auto; padding: 0 1rem }
        h1 { font-size: 1.6rem; margin-bottom: 0 } h2 { font-size: 1.1rem; margin-top: 2rem } .faint { color: #6b7280 } .distance { font-size: 1.15rem }
        .finding { border-left: 4px solid #059669; padding: .4rem 1rem; margin: 1rem 0; background: #f9fafb } .finding.bad { border-color: #dc2626 }
        table { border-collapse: collapse } td { padding: .25rem 1.5rem .25rem 0; border-bottom: 1px solid #e5e7eb; vertical-align: top } td:first-child { min-width: 18rem } img { max-width: 100% }
        """;

    /// <summary>Saves the page.</summary>
    /// <param name="reports">The run's reports in order, at least one.</param>
    /// <param name="path">Where to save it; a file that is there is replaced.</param>
    /// <param name="title">What was trained on what.</param>
    /// <param name="pictures">PNG files to put into the page, each with its caption, in order; they are copied into it.</param>
    /// <exception cref="ArgumentException">There are no reports.</exception>
    public static void Save(IReadOnlyList<StepReport> reports, string path, string title, params IReadOnlyList<(string Caption, string Path)> pictures)
    {
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentException.ThrowIfNullOrWhiteSpace(title);
        ArgumentNullException.ThrowIfNull(pictures);
        if (reports.Count == 0)
            throw new ArgumentException("reports must hold at least one report but is empty.", nameof(reports));
        var last = reports[^1];
        var page = new StringBuilder();
        page.AppendLine(CultureInfo.InvariantCulture, $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Text(title)}</title><style>{Style}</style>");
        page.AppendLine(CultureInfo.InvariantCulture, $"<h1>{Text(title)}</h1><p class=\"faint\">step {last.Step:N0} of {last.LastStep:N0}, {ConsoleProgress.Duration(last.Elapsed)}, {last.SamplesPerSecond:N0} samples/s</p>");
        if (last.Divergence is { Standing: not DivergenceStanding.Unread } distance)
            page.AppendLine(CultureInfo.InvariantCulture, $"<p class=\"distance\">{Text($"{distance}.")} <span class=\"faint\">0: the same; ln 2 = 0.693: nothing in common. A stronger auditor may find more. Measured: {last.Diagnostics!.Model}.</span></p>");
        foreach (var warning in last.Warnings)
            page.AppendLine(CultureInfo.InvariantCulture, $"<div class=\"finding bad\">{Text(warning)}.</div>");
        foreach (var finding in last.Health?.Findings ?? [])
            page.AppendLine(CultureInfo.InvariantCulture, $"<div class=\"finding{(finding.IsProblem ? " bad" : "")}\"><b>{Text(finding.Name)}</b>: {Text(finding.Evidence)}. {Text(finding.Advice)}.</div>");
        page.AppendLine("<h2>The last report</h2><table>");
        foreach (var (name, value) in Numbers(last).Concat(Metrics(reports)))
            page.AppendLine(CultureInfo.InvariantCulture, $"<tr><td>{Text(name)}</td><td>{Text(value)}</td></tr>");
        page.AppendLine("</table>");
        foreach (var (caption, picture) in pictures)
            page.AppendLine(CultureInfo.InvariantCulture, $"<h2>{Text(caption)}</h2><img alt=\"{Text(caption)}\" src=\"data:image/png;base64,{Convert.ToBase64String(File.ReadAllBytes(picture))}\">");
        ReportFile.Save(path, file => file.Write(Encoding.UTF8.GetBytes(page.Append("</html>").ToString())));
    }

    private static IEnumerable<(string Name, string Value)> Numbers(StepReport report)
    {
        static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
        yield return ("Loss of D, of G, penalty", $"{Number(report.DiscriminatorLoss)}, {Number(report.GeneratorLoss)}, {Number(report.Penalty)}");
        foreach (var (name, value) in report.Terms)
            yield return ($"Loss term: {name}", Number(value));
        if (report.Diagnostics is not { } look)
            yield break;
        yield return ("Generator measured", look.Model);
        yield return ("JS divergence by D, at least", look.JensenShannon is { } bound ? $"{JensenShannon.Format(bound)} nats" : $"refused: {look.Refusal}");
        if (look.Audited is { } audited)
            yield return ("JS divergence by a fresh auditor, at least", $"{JensenShannon.Format(audited)} nats");
        else
            yield return ("JS divergence by a fresh auditor", look.AuditFailure is { } failure ? $"{failure}"
                : look.PreviousAudit is { } earlier ? $"at least {JensenShannon.Format(earlier)} nats at step {look.PreviousAuditStep:N0}" : "no auditor has looked");
        if (look.TrueJensenShannon is { } truth)
            yield return ("True JS divergence", $"{Number(truth)} nats");
        if (look.OptimalityGap is { } gap)
            yield return (look.TrueJensenShannon is null ? "D's distance from the auditor" : "D's distance from D*", $"{gap} nats");
        if (look.Consistency is { } consistency)
            yield return ("D's logits as ln p_d/p_g", consistency.Reason);
        if (look.Calibration is { } calibration)
            yield return ("D's probabilities as frequencies", calibration.ToString());
        if (look.MemorizationGap is { } memorized)
            yield return ("Bound on learned less held-out data", $"{memorized} nats");
        yield return ("G's loss scales the gradient of D's logit by", $"{Number(look.GeneratorGradientWeight)}{(look.IsOfAverage ? " (G as it trains)" : "")}");
        yield return ("Diversity of G (1: the data's)", string.Create(CultureInfo.InvariantCulture, $"{look.Diversity.PairwiseRatio:0.00} between pairs, {look.Diversity.NearestRatio:0.00} between neighbors"));
        if (look.Coverage is { } coverage)
            yield return ("Coverage of the data", coverage.ToString());
        if (look.Modes is { } modes)
            yield return ("Modes", modes.ToString());
    }

    /// <summary>The last value of each metric, which the last report may not have measured.</summary>
    private static IEnumerable<(string Name, string Value)> Metrics(IReadOnlyList<StepReport> reports) =>
        from name in reports.SelectMany(report => report.Metrics.Keys).Distinct()
        let reading = reports.Last(report => report.Metrics.ContainsKey(name)).Metrics[name]
        select (name, $"{reading} at step {reading.Step.ToString("N0", CultureInfo.InvariantCulture)} ({reading.Goal.ToText()} is better)");

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
