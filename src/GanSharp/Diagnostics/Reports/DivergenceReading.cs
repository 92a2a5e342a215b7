using System.Globalization;
using GanSharp.Diagnostics.Health;
using GanSharp.Divergences;
using GanSharp.Estimates;

namespace GanSharp.Diagnostics.Reports;

/// <summary>How far the bounds of a report can be trusted, depending on which discriminators were used.</summary>
public enum DivergenceStanding
{
    /// <summary>Neither D nor an auditor gives a bound.</summary>
    Unread,

    /// <summary>There is only D's bound. A small value is no evidence of closeness, because a D that detects nothing gives one too.</summary>
    Unaudited,

    /// <summary>Only D's bound is current, and it is at least half of what the latest auditor found at an earlier step.</summary>
    AuditedBefore,

    /// <summary>Only D's bound is current, and it is less than half of what the latest auditor found at an earlier step: it says nothing yet.</summary>
    DiscriminatorBlind,

    /// <summary>A fresh auditor has measured the current generator.</summary>
    Audited,

    /// <summary>D's bound is far below 0 (its interval by more than 0.1 nats), which can't happen for a density ratio, and there is no current audit.</summary>
    NotARatio,
}

/// <summary>
/// The headline of a report: the largest valid lower bound of JSD(p_d‖p_g), which discriminator found it, and how far to trust it. The console, plots, pages and
/// <see cref="TrainingHealth"/> all use it.
/// </summary>
/// <remarks>
/// D and a fresh auditor each bound the same divergence from below, with a two-sided 95% interval on separate samples; the one with the higher lower
/// end is reported. Each lower end alone holds with 97.5% confidence, so the higher of the two holds with at least 95%. A bound of an earlier
/// generator is never reported for the current one: D is only compared with it.
/// </remarks>
/// <param name="Standing">How far to trust the bound.</param>
/// <param name="Bound">The bound in nats, not clipped; null where there is none, or D isn't a density ratio.</param>
/// <param name="IsAuditors">Whether the auditor found it; otherwise D did.</param>
/// <param name="Discriminator">D's bound; null where it is refused.</param>
/// <param name="Audit">The latest auditor's bound; null where there was no audit.</param>
/// <param name="AuditStep">The step of that audit.</param>
public sealed record DivergenceReading(DivergenceStanding Standing, Estimate? Bound, bool IsAuditors, Estimate? Discriminator, Estimate? Audit, long? AuditStep)
{
    /// <summary>A negligible divergence in nats: an auditor must find more than this before a D that finds less is called blind.</summary>
    internal const double NegligibleNats = 0.01;

    /// <summary>
    /// How far below 0 D's interval must be, in nats, to say at once that D isn't a density ratio. A D at the start of training, or a step behind a moving G, is off by a few
    /// hundredths; if it stays there, <see cref="TrainingHealth"/> says so at the next report.
    /// </summary>
    internal const double GrossNats = 0.1;

    private const double BlindShare = 0.5;

    /// <summary>Why there is no bound; null where there is one.</summary>
    internal string? Refusal { get; init; }

    /// <summary>Reads the headline of a report.</summary>
    /// <param name="report">The report.</param>
    /// <returns>The bound with the higher lower end, and its standing; without a bound where neither D nor an auditor gives one.</returns>
    public static DivergenceReading Of(DiagnosticReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var (own, now) = (report.JensenShannon, report.Audited);
        var (audit, auditStep) = now is null ? (report.PreviousAudit, report.PreviousAuditStep) : (now, report.Step);
        var isAuditors = now is { } audited && !(own is { } mine && mine.Lower > audited.Lower);
        var standing =
            now is not null ? DivergenceStanding.Audited
            : own is not { } bound ? DivergenceStanding.Unread
            : bound.Upper < -GrossNats ? DivergenceStanding.NotARatio
            : audit is not { } earlier ? DivergenceStanding.Unaudited
            : earlier.Lower > NegligibleNats && bound.Upper < BlindShare * earlier.Lower ? DivergenceStanding.DiscriminatorBlind
            : DivergenceStanding.AuditedBefore;
        return new DivergenceReading(standing, standing == DivergenceStanding.NotARatio ? null : isAuditors ? now : own, isAuditors, own, audit, auditStep) { Refusal = standing == DivergenceStanding.Unread ? report.Refusal : null };
    }

    /// <summary>
    /// For a console's line: "JS >= 0.1620 ± 0.0178 nats (auditor; D 0.0820)", "JS >= 0.0820 ± 0.0173 nats (D, unaudited)",
    /// "JS >= 0.0008 ± 0.0044 nats (D, blind; auditor 0.1620 at 1,250)", "JS >= 0, raw -0.0010 ± 0.0030 (D, unaudited)", "JS not read" where there is no bound.
    /// </summary>
    public string Brief => Standing switch
    {
        DivergenceStanding.Unread => "JS not read",
        DivergenceStanding.NotARatio => $"JS not read: D is no density ratio (bound {Discriminator}{Earlier("; ")})",
        DivergenceStanding.Audited when Discriminator is not { } => $"{AtLeast} (auditor)",
        DivergenceStanding.Audited => IsAuditors ? $"{AtLeast} (auditor; D {Number(Discriminator)})" : $"{AtLeast} (D; auditor {Number(Audit)})",
        DivergenceStanding.Unaudited => $"{AtLeast} (D, unaudited)",
        DivergenceStanding.DiscriminatorBlind => $"{AtLeast} (D, blind{Earlier("; ")})",
        _ => $"{AtLeast} (D{Earlier("; ")})",
    };

    /// <summary>The bound, which discriminator found it, and how far to trust it: a sentence or two for a page or the end of a run.</summary>
    public override string ToString() => Standing switch
    {
        DivergenceStanding.Unread => $"The Jensen-Shannon divergence is not read{(Refusal is null ? "" : $": {Refusal}")}",
        DivergenceStanding.NotARatio => $"D is no density ratio: its bound of the Jensen-Shannon divergence is {Discriminator} nats, and no divergence is below 0{(Audit is null ? "" : $"; a fresh auditor found {Number(Audit)} at step {Step}")}",
        DivergenceStanding.Audited when Discriminator is null => $"{Found} by a fresh auditor",
        DivergenceStanding.Audited => IsAuditors ? $"{Found} by a fresh auditor; D finds {Number(Discriminator)}" : $"{Found} by D; a fresh auditor finds {Number(Audit)}",
        DivergenceStanding.Unaudited => $"{Found} by D alone. That says nothing yet of how close they are: D may be blind, and no auditor has looked",
        DivergenceStanding.DiscriminatorBlind => $"{Found} by D, which says nothing yet of how close they are: D sees less than half of what a fresh auditor saw ({Number(Audit)} at step {Step})",
        _ => $"{Found} by D; a fresh auditor found {Number(Audit)} at step {Step}",
    };

    private string AtLeast => Bound is { Value: < JensenShannon.SmallestPrinted } below ? $"JS >= 0, raw {below}" : $"JS >= {JensenShannon.FormatValue(Bound!.Value)} nats";

    private string Found => $"A Jensen-Shannon divergence of at least {JensenShannon.FormatValue(Bound!.Value)} nats was found";

    private string Step => AuditStep?.ToString("N0", CultureInfo.InvariantCulture) ?? "";

    private string Earlier(string separator) => Audit is null ? "" : $"{separator}auditor {Number(Audit)} at {Step}";

    private static string Number(Estimate? bound) => Math.Min(bound!.Value.Value, JensenShannon.Maximum).ToString("0.0000", CultureInfo.InvariantCulture);
}
