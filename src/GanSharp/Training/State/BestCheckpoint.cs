namespace GanSharp.Training.State;

/// <summary>The checkpoint that a run keeps because a metric was best there.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Value">Its value.</param>
/// <param name="Step">The checkpoint's step.</param>
internal sealed record BestCheckpoint(string Metric, double Value, long Step);
