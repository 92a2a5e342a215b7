namespace GanSharp.Reporting;

/// <summary>How much of a run the console shows.</summary>
public enum ConsoleVerbosity
{
    /// <summary>Warnings when they come, and the last report at the end.</summary>
    Quiet,

    /// <summary>Rate, time left, losses, the distance from the data, and the run's health.</summary>
    Normal,

    /// <summary>All that, every term of the losses and every metric; in a log, every report.</summary>
    Verbose,
}
