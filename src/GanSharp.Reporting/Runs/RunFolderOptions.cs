namespace GanSharp.Reporting.Runs;

/// <summary>What a run's folder gets, and how much of the run's time that may take. The defaults cost less than 2% of the training's throughput.</summary>
public sealed record RunFolderOptions
{
    /// <summary>What is trained on what, for the page's head. Null (the default) for "A GAN of …" or "A VAE of …" with the data's name.</summary>
    public string? Title { get; init; }

    /// <summary>
    /// Generated samples in a picture, at least 0; 0 for no pictures; more where that fills a grid's last row. Default 64. There are pictures where the samples are images of 1 or 3 channels, as a grid, or points of the plane,
    /// as a cloud, of which a picture always has 1,000.
    /// </summary>
    public int Samples { get; init; } = 64;

    /// <summary>Images in a row, at least 1. Null (the default) for 8, or for one column a class where the generator has at most 16 classes.</summary>
    public int? Columns { get; init; }

    /// <summary>Determines the latents of the pictures, and what of the generator's own noise they show: the same at every report, so that pictures compare. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// Share of the run's time that pictures and plots may take, above 0 and at most 1: half of it for the samples that the training thread takes, half for the drawing, which another thread does. Default 0.01. There is a picture for every report as long as they take less,
    /// which they do where reports are seconds apart; where they would take more, some reports have none. The first and the last report always have one, and plots and page are always drawn at the end.
    /// 1 for a picture at every report, whatever it takes.
    /// </summary>
    public double DrawingShare { get; init; } = 0.01;

    /// <summary>
    /// Whether plots and report.html are drawn. Default true; <c>gansharp page</c> makes the page later. The plots show the reports of this process: after a resume in a new one they begin there; the page shows the whole run.
    /// </summary>
    public bool DrawsPage { get; init; } = true;

    /// <summary>
    /// What may wait for the disk, at least 1: reports and pictures. Default 64. Training never waits: where the disk is slower than the run, pictures are dropped first, then reports,
    /// and both are counted (<see cref="RunFolder.DroppedPictures"/>, <see cref="RunFolder.DroppedReports"/>).
    /// </summary>
    public int QueueCapacity { get; init; } = 64;

    /// <summary>How long the end of the run waits for the disk, above 0. Default 30 seconds: the last plots take a few.</summary>
    public TimeSpan FlushTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Opens reports.jsonl for a line at its end; tests put a slow or a full disk here.</summary>
    internal Func<string, Stream> Append { get; init; } = path => new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

    internal void ThrowIfInvalid()
    {
        if (Title is not null)
            ArgumentException.ThrowIfNullOrWhiteSpace(Title, nameof(Title));
        ArgumentOutOfRangeException.ThrowIfNegative(Samples);
        if (Columns is { } columns)
            ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1, nameof(Columns));
        if (!(DrawingShare is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(DrawingShare), DrawingShare, "DrawingShare must be above 0 and at most 1.");
        ArgumentOutOfRangeException.ThrowIfLessThan(QueueCapacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(FlushTimeout, TimeSpan.Zero);
    }
}
