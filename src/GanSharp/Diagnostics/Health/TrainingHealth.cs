using System.Globalization;
using GanSharp.Diagnostics.Reports;
using GanSharp.Divergences;
using GanSharp.Estimates;

namespace GanSharp.Diagnostics.Health;

/// <summary>
/// The state of a run according to its recent reports: one or more findings, each with its evidence and advice.
/// A bad verdict must hold in the last two reports, so that one unlucky draw raises no alarm; only a D whose bound is far below 0 is reported at once.
/// </summary>
/// <param name="Findings">At least one; bad ones first.</param>
public sealed record TrainingHealth(IReadOnlyList<HealthFinding> Findings)
{
    /// <summary>Number of reports that the rules use; older ones don't count.</summary>
    public const int WindowReports = 12;

    private const int PersistenceReports = 2, FewestReportsOfOscillation = 8, ReversalsOfOscillation = 4, ReportsOfPlateau = 5;
    // D has won where even the lower end of the bound is 90% of ln 2 and D is below 1% for half of the generated samples.
    private const double SaturatedShare = 0.9, SaturatedProbability = 0.01;
    private const double MemorizedNats = 0.02;
    // Healthy runs of R3GAN move by up to half the data's spread from report to report before the learning rates are annealed.
    private const double SwingStandardDeviations = 1, SwingLogDiversity = 1, SwingNats = 0.1;
    private const int RecentReports = 4;
    private const double FloorNats = 0.01, LaggingNats = 0.1;
    // For a true ratio both means are 1. A smoothed D is underconfident, and its means are below 1; a D beyond these limits is overconfident by a factor of two,
    // and its probabilities differ from the frequencies by a tenth.
    private const double OverconfidentMean = 2, OverconfidentCalibrationError = 0.1;

    /// <summary>Whether no finding is a reason to change something.</summary>
    public bool IsHealthy => Findings.All(finding => !finding.IsProblem);

    /// <summary>Judges a run.</summary>
    /// <param name="history">Its reports, oldest first, at least one.</param>
    /// <returns>The findings about the last <see cref="WindowReports"/> reports: problems where there are some, otherwise that the run is balanced or ready to stop.</returns>
    /// <exception cref="ArgumentException"><paramref name="history"/> is empty.</exception>
    public static TrainingHealth Judge(IReadOnlyList<DiagnosticReport> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.Count == 0)
            throw new ArgumentException("history must hold at least one report but is empty.", nameof(history));
        DiagnosticReport[] window = [.. history.Skip(history.Count - WindowReports)];
        var (memorizes, oscillates) = (Lasting(window, Memorizes), Oscillates(window));
        var collapsed = CollapseRules.Collapsed(window);
        // Only the cause is reported, not its effects: a D that memorizes is overconfident on held-out data, in an oscillation D lags behind, and a collapsed G drops modes.
        HealthFinding[] bad = [.. new[]
        {
            memorizes is null && oscillates is null ? BelowZero(window[^1], DivergenceReading.GrossNats) ?? Lasting(window, report => BelowZero(report, DivergenceReading.NegligibleNats) ?? Overconfident(report)) : null,
            Lasting(window, Overwhelms), collapsed, collapsed is null ? Lasting(window, CollapseRules.DropsModes) : null, memorizes, oscillates,
        }.OfType<HealthFinding>()];
        return new TrainingHealth(bad.Length > 0 ? bad : [Ready(window) ?? Balanced(window[^1])]);
    }

    /// <summary>The findings' names, such as "balanced" or "G collapsed, oscillation".</summary>
    public override string ToString() => string.Join(", ", Findings.Select(finding => finding.Name));

    private static HealthFinding? Lasting(DiagnosticReport[] window, Func<DiagnosticReport, HealthFinding?> rule) =>
        window.Length >= PersistenceReports && window[^PersistenceReports..].All(report => rule(report) is not null) ? rule(window[^1]) : null;

    private static HealthFinding? Overwhelms(DiagnosticReport report)
    {
        if (report.JensenShannon is not { } bound || bound.Lower < SaturatedShare * JensenShannon.Maximum || report.MedianFakeProbability > SaturatedProbability)
            return null;
        // NaN where G doesn't learn from the logit, so that its loss can't saturate.
        var weight = report.GeneratorGradientWeight;
        var scale = double.IsNaN(weight) ? "G's loss doesn't depend on D's logit" : Invariant($"G's loss scales the gradient of D's logit by {weight:0.000}");
        return new HealthFinding(HealthVerdict.DiscriminatorOverwhelms,
            Invariant($"JS is at least {bound.Lower:0.000} of at most 0.693 nats, and half of the generated samples get D below {report.MedianFakeProbability:0.0e+0}; {scale}"),
            weight < 0.1
                ? "G's loss saturates: use GanObjective.NonSaturating or RelativisticPaired, whose gradient grows where D wins"
                : "Add R1 (or raise its gamma), lower D's learning rate, or give G more capacity");
    }

    private static HealthFinding? BelowZero(DiagnosticReport report, double nats) =>
        report.JensenShannon is not { } bound || bound.Upper >= -nats ? null : new HealthFinding(HealthVerdict.NotADensityRatio,
            $"D's JS bound is {bound} nats, below 0, which is worse than a D that always says ½", RatioAdvice);

    private static HealthFinding? Overconfident(DiagnosticReport report)
    {
        if (report.Consistency is not { } consistency || report.Calibration is not { IsCalibrated: false } calibration
            || calibration.ExcessError < OverconfidentCalibrationError
            || Math.Max(consistency.MeanRatio.Lower, consistency.MeanInverseRatio.Lower) < OverconfidentMean)
            return null;
        return new HealthFinding(HealthVerdict.NotADensityRatio,
            Invariant($"E_pg[r] is {consistency.MeanRatio.Value:0.##} and E_pd[1/r] {consistency.MeanInverseRatio.Value:0.##} where both must be 1, and D's probabilities miss the frequencies by {calibration.ExpectedError:0.00} on average ({calibration.CalibratedError.Value:0.00} when calibrated)"),
            RatioAdvice);
    }

    private const string RatioAdvice =
        "Believe no divergence from this D: read an auditor's. Check the objective's Ratio and the sign of D's logits, lower D's learning rate or add R1, or calibrate the logits (PlattScaling)";

    private static HealthFinding? Memorizes(DiagnosticReport report) =>
        report.MemorizationGap is not { } gap || gap.Lower < MemorizedNats ? null : new HealthFinding(HealthVerdict.DiscriminatorMemorizes,
            Invariant($"D's JS bound is {gap} nats higher on the samples that it has learned than on held-out ones"),
            "Use more data or augment it, add R1 (or raise its gamma), make D smaller, or stop earlier; believe the held-out bound only");

    private static HealthFinding? Oscillates(DiagnosticReport[] window)
    {
        if (window.Length < FewestReportsOfOscillation)
            return null;
        var bounds = window.Select(report => report.JensenShannon).OfType<Estimate>().ToArray();
        // Twice the interval's width: sampling noise alone hardly ever moves the bound that far.
        var amplitude = bounds.Select(bound => 2 * (bound.Upper - bound.Lower)).Append(SwingNats).Max();
        return Enumerable.Range(0, window.Min(report => report.Position.Count))
            .Select(direction => Swinging([.. window.Select(report => report.Position[direction])], SwingStandardDeviations,
                "the mean of what G makes", "by more than the data's standard deviation"))
            .Append(Swinging([.. window.Select(report => Math.Log(Math.Max(report.Diversity.PairwiseRatio, 1e-3)))], SwingLogDiversity,
                "how diverse G is", "by a factor of more than 2.7"))
            .Append(Swinging([.. bounds.Select(bound => bound.Value)], amplitude, "the JS bound", Invariant($"by more than {amplitude:0.00} nats")))
            .FirstOrDefault(finding => finding is not null);
    }

    private static HealthFinding? Swinging(double[] series, double amplitude, string what, string byHowMuch)
    {
        var turns = TurningPoints.Turns(series, amplitude);
        if (turns.Count < ReversalsOfOscillation || turns[^1] < series.Length - RecentReports)
            return null;
        return new HealthFinding(HealthVerdict.Oscillating, Invariant($"{what} turned {turns.Count} times in {series.Length} reports, each time {byHowMuch}"),
            "Lower both learning rates, set Adam's Beta1 to 0, add R1, anneal the rates to the end, or sample the averaged generator");
    }

    private static HealthFinding? Ready(DiagnosticReport[] window)
    {
        if (window.Length < ReportsOfPlateau)
            return null;
        var plateau = window[^ReportsOfPlateau..];
        var audit = window.LastOrDefault(report => report.Audited is not null)?.Audited;
        var bounds = plateau.Select(report => report.JensenShannon).OfType<Estimate>().ToArray();
        if (audit is not { } audited || audited.Lower > FloorNats || audited.Upper > 3 * FloorNats
            || bounds.Length < ReportsOfPlateau || bounds.Any(bound => bound.Lower > FloorNats))
            return null;
        return new HealthFinding(HealthVerdict.ReadyToStop,
            Invariant($"a fresh auditor finds JS at least {JensenShannon.Format(audited)} nats, and D's bound stayed within {FloorNats} nats of 0 for {ReportsOfPlateau} reports"),
            "Stop, and let a DivergenceCertificate say so with the model");
    }

    private static HealthFinding Balanced(DiagnosticReport report)
    {
        var distance = report.Divergence;
        var diversity = Invariant($"G's samples are {report.Diversity.PairwiseRatio:0.00} times as far apart as real ones");
        return new HealthFinding(HealthVerdict.Balanced, distance.Standing switch
        {
            DivergenceStanding.Unread => $"JS is not read, because {report.Refusal}; nothing that can be measured speaks against it",
            DivergenceStanding.Unaudited => $"{distance.Brief}, which says nothing yet of how close G is; {diversity}",
            DivergenceStanding.DiscriminatorBlind => $"{distance.Brief}: D sees less than half of it; {diversity}",
            _ => $"{distance.Brief}; {diversity}",
        }, Lags(report) ? "Go on while the auditor's bound falls. If it doesn't, D lags behind G: lower R1's gamma, raise D's learning rate, or give it more steps or capacity" : "Go on");
    }

    // A young run looks like this too, so it is advice and no verdict.
    private static bool Lags(DiagnosticReport report) =>
        report.Audited is { } audited && report.JensenShannon is { } bound && audited.Lower > LaggingNats && bound.Upper < audited.Lower / 2;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
