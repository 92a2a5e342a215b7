using GanSharp.Diagnostics.Health;

namespace GanSharp.Reporting.Runs;

/// <summary>A verdict on a run's health, as a run folder keeps it.</summary>
/// <param name="Name">The verdict in words.</param>
/// <param name="IsProblem">Whether it is a reason to change something.</param>
/// <param name="Evidence">The measured numbers that support it.</param>
/// <param name="Advice">What to do.</param>
public sealed record FindingRecord(string Name, bool IsProblem, string Evidence, string Advice)
{
    internal static FindingRecord Of(HealthFinding finding) => new(finding.Name, finding.IsProblem, finding.Evidence, finding.Advice);
}
