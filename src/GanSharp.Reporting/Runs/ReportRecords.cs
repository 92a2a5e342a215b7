using System.Globalization;
using GanSharp.Diagnostics.Reports;
using GanSharp.Divergences;
using GanSharp.Estimates;
using GanSharp.Training;
using GanSharp.Training.Autoencoders;
using GanSharp.Training.Runs;

namespace GanSharp.Reporting.Runs;

/// <summary>Records of reports.</summary>
public static class ReportRecords
{
    /// <summary>Makes of a report what a run folder keeps.</summary>
    /// <param name="report">A GAN's or a VAE's.</param>
    /// <returns>A copy of the report's numbers and texts, without tensors; of a report of another kind only what all have.</returns>
    public static ReportRecord ToRecord(this TrainingReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var record = new ReportRecord
        {
            Step = report.Step,
            LastStep = report.LastStep,
            ElapsedSeconds = report.Elapsed.TotalSeconds,
            SamplesPerSecond = report.SamplesPerSecond,
            Headline = report.Summary.Trim(),
            Terms = report.Terms,
            Metrics = report.Metrics.ToDictionary(metric => metric.Key, metric => MeasuredMetric.Of(metric.Value)),
            Warnings = report.Warnings,
            Failures = [.. report.MetricFailures.Select(failure => $"{failure}")],
        };
        return report switch
        {
            StepReport game => Of(game, record),
            AutoencoderReport bound => Of(bound, record),
            _ => record,
        };
    }

    private static ReportRecord Of(StepReport report, ReportRecord record)
    {
        Dictionary<string, double> losses = new() { ["discriminator"] = report.DiscriminatorLoss, ["generator"] = report.GeneratorLoss };
        if (report.Penalty != 0)
            losses["penalty"] = report.Penalty;
        if (report.GeneratorPenalty != 0)
            losses["generator penalty"] = report.GeneratorPenalty;
        var look = report.Diagnostics;
        return record with
        {
            Headline = report.Divergence is { } distance ? $"{distance}" : record.Headline,
            Standing = report.Divergence?.Standing,
            Model = look?.Model,
            Losses = losses,
            Estimates = Estimates(report.Value, look).Where(estimate => estimate.Value is not null).ToDictionary(estimate => estimate.Name, estimate => estimate.Value!),
            Classes = [.. look?.Classes.Select(each => new ClassRecord(each.Label, each.JensenShannon.Value)) ?? []],
            Findings = [.. report.Health?.Findings.Select(FindingRecord.Of) ?? []],
            Notes = Notes(look).ToDictionary(note => note.Name, note => note.Text),
            Failures = [.. new[] { report.DiagnosticsFailure, look?.AuditFailure }.OfType<DiagnosticFailure>().Select(failure => $"{failure}").Distinct(), .. record.Failures],
        };
    }

    private static ReportRecord Of(AutoencoderReport report, ReportRecord record) => record with
    {
        Losses = new Dictionary<string, double> { ["loss"] = report.Loss },
        Estimates = new (string Name, EstimateRecord? Value)[]
        {
            ("bound_nats", new(report.EvidenceLowerBound)), ("reconstruction_nats", new(report.Reconstruction)), ("kl_nats", new(report.KullbackLeibler)), ("held_out_bound_nats", Of(report.HeldOutBound)),
        }.Where(estimate => estimate.Value is not null).ToDictionary(estimate => estimate.Name, estimate => estimate.Value!),
        Failures = [.. report.HeldOutFailure is { } failure ? [$"{failure}"] : Array.Empty<string>(), .. record.Failures],
    };

    private static IEnumerable<(string Name, EstimateRecord? Value)> Estimates(double? value, DiagnosticReport? look)
    {
        yield return ("value_nats", value is { } nats ? new(nats) : null);
        if (look is null)
            yield break;
        yield return ("js_bound_nats", Of(look.JensenShannon));
        yield return ("audited_nats", Of(look.Audited));
        yield return ("true_js_nats", look.TrueJensenShannon is { } truth ? new(truth) : null);
        yield return ("optimality_gap_nats", Of(look.OptimalityGap));
        yield return ("memorization_gap_nats", Of(look.MemorizationGap));
        yield return ("calibration_error", look.Calibration is { } calibration ? new(calibration.ExpectedError) : null);
        yield return ("generator_gradient_weight", double.IsNaN(look.GeneratorGradientWeight) ? null : new(look.GeneratorGradientWeight));
        yield return ("diversity_pairs", Around(look.Diversity.PairwiseRatio, look.Diversity.PairwiseMargin));
        yield return ("diversity_neighbors", Around(look.Diversity.NearestRatio, look.Diversity.NearestMargin));
        yield return ("mode_share", look.Modes is { } modes ? new(modes.ModesHit / (double)modes.ModeCount) : null);
    }

    private static IEnumerable<(string Name, string Text)> Notes(DiagnosticReport? look)
    {
        if (look is null)
            yield break;
        if (look.JensenShannon is null && look.Refusal is { } refusal)
            yield return ("JS divergence by D", $"refused: {refusal}");
        if (look.Audited is null && look.PreviousAudit is { } earlier)
            yield return ("JS divergence by a fresh auditor", string.Create(CultureInfo.InvariantCulture, $"at least {JensenShannon.Format(earlier)} nats at step {look.PreviousAuditStep:N0}"));
        if (look.Consistency is { } consistency)
            yield return ("D's logits as ln p_d/p_g", consistency.Reason);
        if (look.Calibration is { } calibration)
            yield return ("D's probabilities as frequencies", $"{calibration}");
        if (look.Coverage is { } coverage)
            yield return ("Coverage of the data", $"{coverage}");
        if (look.Modes is { } modes)
            yield return ("Modes", $"{modes}");
    }

    private static EstimateRecord? Of(Estimate? estimate) => estimate is { } measured ? EstimateRecord.Of(measured) : null;

    private static EstimateRecord Around(double value, double margin) => double.IsFinite(margin) && margin > 0 ? new(value, value - margin, value + margin) : new(value);
}
