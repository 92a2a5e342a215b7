namespace GanSharp.Evaluations;

/// <summary>How far an evaluation is.</summary>
/// <param name="Metric">The metric that is measured next; the last one at the end.</param>
/// <param name="Done">Metrics measured.</param>
/// <param name="Count">Metrics to measure.</param>
public readonly record struct EvaluationProgress(string Metric, int Done, int Count);
