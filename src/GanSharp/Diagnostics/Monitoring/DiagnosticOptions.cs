using GanSharp.Data.Distributions;
using GanSharp.Diagnostics.Auditing;
using GanSharp.Diagnostics.Reports;
using GanSharp.Networks;

namespace GanSharp.Diagnostics.Monitoring;

/// <summary>What a report measures. The defaults cost little; the auditor, which trains a separate discriminator, is off until you set it.</summary>
public sealed record DiagnosticOptions
{
    /// <summary>The smallest number of samples per side for an interval.</summary>
    public const int FewestSamples = 20;

    /// <summary>
    /// Held-out samples, and as many generated ones, that a report uses; 0 for no diagnostics, otherwise at least 40, because half of them
    /// are used for calibration where the objective needs it. Default 2,000, for an interval of about ± 0.01 nats.
    /// </summary>
    public int Samples { get; init; } = 2_000;

    /// <summary>Samples per side of which all pairs are compared for <see cref="SampleDiversity"/>, at least 20. Default 500, which takes milliseconds.</summary>
    public int DiversitySamples { get; init; } = 500;

    /// <summary>
    /// Creates the fresh discriminator of an <see cref="Auditing.Auditor"/>, on the generator's device; null (the default) for no audit.
    /// Without one the bound is only as good as the D in training: reports call it unaudited, because a small bound is then no evidence of closeness, and no run is called ready to stop.
    /// </summary>
    public Func<DiscriminatorNetwork>? Auditor { get; init; }

    /// <summary>Reports from one audit to the next, at least 1; the last report of a run always has one. Default 10, because an audit trains another network.</summary>
    public int AuditEveryReports { get; init; } = 10;

    /// <summary>How the auditor is trained. Default: by <see cref="AuditOptions"/> with its own defaults.</summary>
    public AuditOptions Audit { get; init; } = new();

    /// <summary>p_g where it is known, such as <see cref="AffineGenerator.Density"/>: reports then contain the true divergence and D's optimality gap. The result is disposed after use. Null (the default) where it is unknown.</summary>
    public Func<IDensity>? GeneratorDensity { get; init; }

    internal IEnumerable<string> Faults(string name)
    {
        if (Samples != 0 && Samples < 2 * FewestSamples)
            yield return $"{name}.Samples must be 0 (none) or at least {2 * FewestSamples} but is {Samples}.";
        if (DiversitySamples < FewestSamples)
            yield return $"{name}.DiversitySamples must be at least {FewestSamples} but is {DiversitySamples}.";
        if (AuditEveryReports < 1)
            yield return $"{name}.AuditEveryReports must be at least 1 but is {AuditEveryReports}.";
        if (Audit is null)
            yield return $"{name}.Audit must not be null.";
    }
}
