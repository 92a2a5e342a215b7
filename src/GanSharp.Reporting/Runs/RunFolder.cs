using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Json;
using GanSharp.Reporting.Runs.Writing;
using GanSharp.Training;
using GanSharp.Training.Autoencoders;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.Runs;

namespace GanSharp.Reporting.Runs;

/// <summary>
/// A run's folder: its options, its reports as JSON lines and as CSV, pictures of the same latents at every report, plots, checkpoints, and report.html, one page that needs no other file.
/// </summary>
public sealed class RunFolder : IDisposable
{
    private const long LargestSmallFile = 1 << 20;
    private readonly RunLayout layout;
    private readonly ReportLog log;
    private readonly Lock refreshing = new();
    private readonly FolderLock? folderLock;
    private RunInfo info;

    private RunFolder(RunLayout layout, RunWriter? writer = null, FolderLock? folderLock = null, ThinnedReports<ReportRecord>? thinned = null)
    {
        (this.layout, Writer, this.folderLock) = (layout, writer, folderLock);
        log = new ReportLog(layout.Reports, thinned);
        Refresh();
    }

    /// <summary>That of another rank's run, which is written there: nothing is read or written here.</summary>
    private RunFolder(RunLayout layout, RunInfo info)
    {
        (this.layout, this.info) = (layout, info);
        log = new ReportLog(layout.Reports);
    }

    /// <summary>The folder's full path.</summary>
    public string FullName => layout.FullName;

    /// <summary>What was trained on what.</summary>
    public string Title => info.Title;

    /// <summary>"gan" or "vae".</summary>
    public string Kind => info.Kind;

    /// <summary>When the run was first started.</summary>
    public DateTimeOffset Created => info.Created;

    /// <summary>The version of GanSharp that wrote it last.</summary>
    public string Version => info.Version;

    /// <summary>The step at which the run was to end; 0 before its first report.</summary>
    public long LastStep => info.LastStep;

    /// <summary>Pictures that were left out because the disk was too slow for them.</summary>
    public long DroppedPictures => Writer?.DroppedPictures ?? info.DroppedPictures;

    /// <summary>Reports that were left out because the disk was too slow even for them, or couldn't be written.</summary>
    public long DroppedReports => Writer?.DroppedReports ?? info.DroppedReports;

    /// <summary>Why something couldn't be written, the first time; null where everything could.</summary>
    public string? Failure => Writer is null ? info.Failure : Writer.Failure;

    /// <summary>What of the run isn't in the folder, in sentences for the end of a run; mostly empty.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. Failure is { } failure ? [failure] : Array.Empty<string>(),
        .. DroppedReports > 0 ? [string.Create(CultureInfo.InvariantCulture, $"{DroppedReports:N0} reports aren't in the folder, because the disk was too slow or full.")] : Array.Empty<string>(),
        .. DroppedPictures > 0 ? [string.Create(CultureInfo.InvariantCulture, $"{DroppedPictures:N0} pictures aren't in the folder, because the disk was too slow or full.")] : Array.Empty<string>(),
    ];

    /// <summary>What the run was asked to do, as names and values.</summary>
    public IReadOnlyDictionary<string, string> Options { get; private set; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The reports in order, as of the last <see cref="Refresh"/>.</summary>
    public IReadOnlyList<ReportRecord> Reports { get; private set; } = [];

    /// <summary>Lines of reports.jsonl that are no report, and were passed over; mostly 0.</summary>
    public int DamagedLines { get; private set; }

    /// <summary>Pictures of generated samples by step, in order: always the same latents and labels, so that they compare.</summary>
    public IReadOnlyList<RunFile> Samples { get; private set; } = [];

    /// <summary>A picture of real samples that were held out; null where there is none.</summary>
    public string? RealSamples { get; private set; }

    /// <summary>Checkpoints in the folder's <c>checkpoints</c> by step, in order.</summary>
    public IReadOnlyList<RunFile> Checkpoints { get; private set; } = [];

    /// <summary>The trainer whose run is written here; null where the folder was opened to be read.</summary>
    public Trainer? Trainer { get; private init; }

    /// <summary>Where checkpoints of the run belong, for <c>WithCheckpoints</c>.</summary>
    public string CheckpointFolder => layout.Checkpoints;

    /// <summary>The page, which needs no other file.</summary>
    public string Page => layout.Page;

    /// <summary>Writes the run; null where the folder was opened to be read.</summary>
    internal RunWriter? Writer { get; }

    /// <summary>
    /// Makes a folder for a run, or goes on in the one of a run that was resumed; <see cref="RunFolders.WithRunFolder"/> then fills it. What another run left there stays until this one's first report.
    /// The folder is locked until it is disposed: no other run writes into it.
    /// </summary>
    /// <remarks>Of several processes that train together, rank 0 writes; on the others nothing is made, and reports only pass through.</remarks>
    /// <param name="path">The folder; made where it isn't there.</param>
    /// <param name="trainer">Who trains. Its data gives the real samples of the pictures.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <typeparam name="TReport">The trainer's kind of report.</typeparam>
    /// <returns>The folder to write into; the caller disposes it after the run.</returns>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    /// <exception cref="IOException">The folder can't be made or written, or another run writes into it; the message names the process.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, because a permission is missing.</exception>
    public static RunFolder Create<TReport>(string path, Trainer<TReport> trainer, RunFolderOptions? options = null)
        where TReport : TrainingReport
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(trainer);
        options ??= new RunFolderOptions();
        options.ThrowIfInvalid();
        var layout = new RunLayout(path);
        var isVae = (object)trainer is AutoencoderTrainer;
        var info = new RunInfo
        {
            Format = RunInfo.CurrentFormat,
            Title = options.Title ?? $"A {(isVae ? "VAE" : "GAN")} of {trainer.Data.Name}",
            Kind = isVae ? RunLayout.Vae : RunLayout.Gan,
            Created = DateTimeOffset.UtcNow,
            Version = typeof(TrainingReport).Assembly.GetName().Version!.ToString(3),
        };
        if (trainer.Rank > 0)
            return new RunFolder(layout, info) { Trainer = trainer };
        var folderLock = Lock(layout);
        try
        {
            var (previous, described) = (Previous(layout), trainer.DescribeOptions());
            if (previous is null)
                RunFiles.Describe(layout, info, described);
            var logger = (object)trainer switch { AutoencoderTrainer vae => vae.Options.Logger, GanTrainer gan => gan.Options.Logger, _ => null };
            return new RunFolder(layout, new RunWriter(layout, options, info, described, previous, RunSampler.Of(trainer, options), () => trainer.Step, logger), folderLock) { Trainer = trainer };
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>Opens a run's folder to read it, while the run goes on or afterwards.</summary>
    /// <param name="path">The folder.</param>
    /// <returns>The folder as it is now; <see cref="Refresh"/> reads what comes later.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It is no run's folder, or one of a later version; the message says why.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public static RunFolder Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var layout = new RunLayout(path);
        if (!Directory.Exists(layout.FullName))
            throw new DirectoryNotFoundException($"'{layout.FullName}' must be a run's folder but {(File.Exists(layout.FullName) ? "is a file" : "isn't there")}.");
        return new RunFolder(layout);
    }

    /// <summary>The folder for a page: of a long run not every report.</summary>
    internal static RunFolder OpenThinned(RunLayout layout) => new(layout, thinned: ThinnedReports.OfRecords());

    /// <summary>Reads what was written since; from any thread. Of a folder that is written it shows nothing of another run that is still there.</summary>
    /// <exception cref="InvalidDataException">run.json or options.json can't be read any more; the message says why.</exception>
    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(info))]
    public void Refresh()
    {
        lock (refreshing)
        {
            var read = Read(layout.Info, RunJson.Default.RunInfo, "run.json, which every run's folder has");
            if (read.Format is < 1 or > RunInfo.CurrentFormat)
                throw new InvalidDataException($"'{layout.Info}' must be of format 1 to {RunInfo.CurrentFormat} but is of format {read.Format}: read it with the version of GanSharp that wrote it, {read.Version}.");
            info = Writer?.Info ?? read;
            Options = Writer?.Described ?? (File.Exists(layout.Options) ? Read(layout.Options, RunJson.Default.IReadOnlyDictionaryStringString, "options.json") : ReadOnlyDictionary<string, string>.Empty);
            var ownTo = Writer?.OwnTo ?? long.MaxValue;
            Reports = [.. log.Read().Where(report => report.Step <= ownTo)];
            DamagedLines = log.Damaged;
            Samples = [.. layout.ListSamples().Where(sample => sample.Step <= ownTo)];
            RealSamples = File.Exists(layout.RealSamples) ? layout.RealSamples : null;
            Checkpoints = layout.ListCheckpoints();
        }
    }

    /// <summary>Ends the writing, and lets others write into the folder; <see cref="RunFolders.WithRunFolder"/> has waited for everything already. Where the folder was opened to be read there is nothing to end.</summary>
    public void Dispose()
    {
        Writer?.Dispose();
        folderLock?.Dispose();
    }

    private static FolderLock Lock(RunLayout layout)
    {
        try
        {
            // Not the lock of checkpoints, for which the folder may serve too.
            return FolderLock.Take(layout.FullName, "reports", "reports.lock");
        }
        catch (CheckpointException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    /// <summary>The run that is there, where one is that can be read.</summary>
    private static RunInfo? Previous(RunLayout layout)
    {
        try
        {
            return File.Exists(layout.Info) ? new RunFolder(layout).info : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private T Read<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string what)
        where T : class
    {
        try
        {
            var length = new FileInfo(path).Length;
            if (length > LargestSmallFile)
                throw new InvalidDataException($"'{path}' must have at most {LargestSmallFile:N0} bytes but has {length:N0}.");
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type) ?? throw new JsonException("it holds null.");
        }
        catch (FileNotFoundException exception)
        {
            throw new InvalidDataException($"'{FullName}' is no run's folder: it has no {what}.", exception);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"'{path}' can't be read: {exception.Message}", exception);
        }
    }
}
