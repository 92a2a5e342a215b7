using GanSharp.Metrics;

namespace GanSharp.Reporting.Runs.Comparing;

/// <summary>Several runs beside each other: what they reached, and in which options they differ.</summary>
public sealed class RunComparison
{
    // What says how good a generator is, and the losses; the other estimates are for the page of a single run.
    private static readonly (string Name, string Title, string Unit)[] Estimates =
    [
        ("js_bound_nats", "JS divergence is at least …, by D (lower is better)", "nats"), ("audited_nats", "JS divergence is at least …, by a fresh auditor (lower is better)", "nats"),
        ("true_js_nats", "True JS divergence (lower is better)", "nats"), ("optimality_gap_nats", "D's distance from D* or the auditor", "nats"), ("value_nats", "V(D)", "nats"),
        ("held_out_bound_nats", "Lower bound of ln p(x), held-out data (higher is better)", "nats"), ("bound_nats", "Lower bound of ln p(x), training batches (higher is better)", "nats"),
        ("kl_nats", "KL(q(z | x) ‖ p(z))", "nats"), ("diversity_pairs", "Diversity of G's samples (1 is the data's)", ""), ("mode_share", "Share of the data's modes that G hits (higher is better)", ""),
    ];

    /// <summary>Compares the last reports and the options of some runs, as they have been read.</summary>
    /// <param name="runs">At least one.</param>
    /// <exception cref="ArgumentException">There is no run, or one has no report.</exception>
    public RunComparison(params IReadOnlyList<RunFolder> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Count == 0)
            throw new ArgumentException("runs must hold at least one run but is empty.", nameof(runs));
        foreach (var run in runs)
            if (run.Reports.Count == 0)
                throw new ArgumentException($"Each run must have a report but '{run.FullName}' has none yet.", nameof(runs));
        Names = NamesOf(runs);
        Quantities = [.. QuantitiesOf(runs)];
        Options = [.. from name in runs.SelectMany(run => run.Options.Keys).Distinct().Order(StringComparer.Ordinal)
                      let values = runs.Select(run => run.Options.GetValueOrDefault(name)).ToArray()
                      where values.Distinct().Count() > 1
                      select new ComparedOption(name, values)];
    }

    /// <summary>What each run is called: the end of its folder's path by which it can be told from the others.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Every quantity that at least one of the runs has, or, of several runs, at least two: estimates, losses, then metrics.</summary>
    public IReadOnlyList<ComparedQuantity> Quantities { get; }

    /// <summary>Options in which they differ.</summary>
    public IReadOnlyList<ComparedOption> Options { get; }

    private static IEnumerable<ComparedQuantity> QuantitiesOf(IReadOnlyList<RunFolder> runs)
    {
        var all = Estimates.Select(entry => Quantity(entry.Title, entry.Unit, report => report.Estimates.GetValueOrDefault(entry.Name)))
            .Concat(Named(report => report.Losses.Keys).Select(name => Quantity($"Loss: {name}", "loss", report => report.Losses.TryGetValue(name, out var loss) ? new EstimateRecord(loss) : null)))
            .Concat(Named(report => report.Metrics.Keys).Select(name => Quantity(TitleOf(name), "", report => report.Metrics.TryGetValue(name, out var metric) ? new EstimateRecord(metric.Value, metric.Lower, metric.Upper) : null, report => report.Metrics[name].OfReal)));
        return all.Where(quantity => quantity.Last.Count(value => value is not null) >= Math.Min(2, runs.Count));

        IEnumerable<string> Named(Func<ReportRecord, IEnumerable<string>> names) => runs.SelectMany(run => run.Reports).SelectMany(names).Distinct();

        string TitleOf(string metric) => $"{metric} ({runs.SelectMany(run => run.Reports).First(report => report.Metrics.ContainsKey(metric)).Metrics[metric].Goal.ToText()} is better)";

        ComparedQuantity Quantity(string name, string unit, Func<ReportRecord, EstimateRecord?> value, Func<ReportRecord, double?>? ofReal = null)
        {
            var curves = runs.Select(run => run.Reports.Select(report => (Report: report, Estimate: value(report))).Where(point => point.Estimate is not null && double.IsFinite(point.Estimate.Value))
                .Select(point => new ComparedValue(point.Report.Step, point.Estimate!, ofReal?.Invoke(point.Report))).ToArray()).ToArray();
            return new(name, unit, [.. curves.Select(curve => curve.LastOrDefault())]) { Curves = curves };
        }
    }

    private static string[] NamesOf(IReadOnlyList<RunFolder> runs)
    {
        var parts = runs.Select(run => run.FullName.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)).ToArray();
        for (var length = 1; length <= parts.Max(path => path.Length); length++)
        {
            var names = parts.Select(path => string.Join('/', path[^Math.Min(length, path.Length)..])).ToArray();
            if (names.Distinct().Count() == names.Length)
                return names;
        }
        // The same folder twice.
        return [.. runs.Select((run, index) => $"{Path.GetFileName(run.FullName)} ({index + 1})")];
    }
}
