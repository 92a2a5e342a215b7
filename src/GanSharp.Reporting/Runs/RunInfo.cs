namespace GanSharp.Reporting.Runs;

/// <summary>run.json: what the folder is of.</summary>
internal sealed record RunInfo
{
    /// <summary>What this version writes, and the newest that it reads.</summary>
    public const int CurrentFormat = 1;

    public required int Format { get; init; }

    public required string Title { get; init; }

    public required string Kind { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required string Version { get; init; }

    public long LastStep { get; init; }

    public long DroppedPictures { get; init; }

    public long DroppedReports { get; init; }

    public string? Failure { get; init; }
}
