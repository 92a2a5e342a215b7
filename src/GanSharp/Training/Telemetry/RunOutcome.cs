namespace GanSharp.Training.Telemetry;

/// <summary>How the enumeration of a run ended.</summary>
internal enum RunOutcome
{
    /// <summary>By an exception of training.</summary>
    Failed,

    /// <summary>At its last step.</summary>
    Completed,

    /// <summary>By its cancellation token.</summary>
    Canceled,

    /// <summary>By the caller, who left the loop.</summary>
    Left,
}
