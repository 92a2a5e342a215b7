namespace GanSharp.Reporting.Consoles;

/// <summary>How far a run is.</summary>
/// <param name="Step">The step now.</param>
/// <param name="LastStep">The step at which it ends.</param>
/// <param name="Share">What is done of it, 0 to 1.</param>
/// <param name="SecondsLeft">The time left; NaN where it isn't known.</param>
/// <param name="SamplesPerSecond">The rate of the newest report; null before the first.</param>
internal sealed record ProgressState(long Step, long LastStep, double Share, double SecondsLeft, double? SamplesPerSecond);
