namespace GanSharp.Reporting.Runs;

/// <summary>A picture or a checkpoint in a run folder.</summary>
/// <param name="Step">The step that it shows.</param>
/// <param name="Path">Its full path.</param>
public sealed record RunFile(long Step, string Path);
