using System.Globalization;
using GanSharp.Reporting.Page;
using GanSharp.Training.Runs;
using Microsoft.Extensions.Logging;

namespace GanSharp.Reporting.Runs.Writing;

/// <summary>
/// Writes a run's folder on a thread of its own. The training thread hands over a report, and the samples of a picture as bytes, and goes on; it never waits for the disk, and whatever fails is
/// kept as a sentence.
/// </summary>
internal sealed class RunWriter : IDisposable
{
    private static readonly TimeSpan BetweenPlots = TimeSpan.FromSeconds(5);
    private readonly RunLayout layout;
    private readonly RunFolderOptions options;
    private readonly IReadOnlyDictionary<string, string> described;
    private readonly RunSampler? sampler;
    private readonly Func<long> step;
    private readonly ILogger? logger;
    private readonly RunQueue queue;
    private readonly RunFiles files;
    private readonly RunPlots plots;
    private readonly TimeShare sampleTime, pictureTime, plotTime;
    private readonly Thread thread;
    private RunInfo? previous;
    private volatile RunInfo info;
    private RunFolder? view;
    private long lostReports, lostPictures, drawnAt = Environment.TickCount64, start = -1;
    private bool isFirst, isStuck, isOpen;
    private volatile bool hasBegun;
    private volatile string? failure;

    /// <param name="layout">Where to write.</param>
    /// <param name="options">How.</param>
    /// <param name="info">What the folder is of.</param>
    /// <param name="described">The run's options.</param>
    /// <param name="previous">The info of the run that was there, for one that is resumed.</param>
    /// <param name="sampler">Where pictures come from; null for none.</param>
    /// <param name="step">The trainer's step.</param>
    /// <param name="logger">Is told of the first failure.</param>
    public RunWriter(RunLayout layout, RunFolderOptions options, RunInfo info, IReadOnlyDictionary<string, string> described, RunInfo? previous, RunSampler? sampler, Func<long> step, ILogger? logger)
    {
        (this.layout, this.options, this.info, this.described, this.previous, this.sampler, this.step, this.logger) = (layout, options, info, described, previous, sampler, step, logger);
        (queue, files, plots) = (new RunQueue(options.QueueCapacity), new RunFiles(layout, options.Append), new RunPlots(layout));
        // Half for the samples, which the training thread takes, and a quarter each for what this thread draws of them and of the rest; 1 is no limit.
        double Part(double part) => options.DrawingShare >= 1 ? 1 : options.DrawingShare * part;
        (sampleTime, pictureTime, plotTime) = (new TimeShare(Part(0.5)), new TimeShare(Part(0.25)), new TimeShare(Part(0.25)));
        thread = new Thread(WriteAll) { IsBackground = true, Name = "GanSharp run folder" };
        thread.Start();
    }

    /// <summary>Why something couldn't be written, the first time.</summary>
    public string? Failure => failure;

    public long DroppedPictures => queue.DroppedPictures + Volatile.Read(ref lostPictures);

    public long DroppedReports => queue.DroppedReports + Volatile.Read(ref lostReports);

    /// <summary>What the run is, also while the folder still holds another.</summary>
    public RunInfo Info => info;

    /// <summary>The same of its options.</summary>
    public IReadOnlyDictionary<string, string> Described => described;

    /// <summary>The step up to which what is in the folder is this run's; it all is once the run writes.</summary>
    public long OwnTo => hasBegun ? long.MaxValue : Volatile.Read(ref start) is >= 0 and var from ? from : step();

    /// <summary>An enumeration begins where the trainer stands, and may be refused yet: the folder stays what it is until <see cref="Begin()"/>.</summary>
    public void Prepare()
    {
        ObjectDisposedException.ThrowIf(!thread.IsAlive, typeof(RunFolder));
        Volatile.Write(ref start, step());
        sampleTime.Restart();
        pictureTime.Restart();
        plotTime.Restart();
    }

    /// <summary>The enumeration has trained.</summary>
    public void Begin()
    {
        (isFirst, isOpen) = (true, true);
        queue.Add(new RunItem.Begin(start));
        if (sampler?.Real is { } real)
            queue.Add(new RunItem.Picture(layout.RealSamples, real, IsCounted: false));
    }

    public void Write(TrainingReport report)
    {
        queue.Add(new RunItem.Report(report));
        if (sampler is null || !(isFirst || report.Step >= report.LastStep || (sampleTime.Allows && pictureTime.Allows)))
            return;
        var isCounted = !isFirst;
        isFirst = false;
        try
        {
            queue.Add(new RunItem.Picture(layout.SamplesAt(report.Step), isCounted ? sampleTime.Spend(() => sampler.Take(report.Step)) : sampler.Take(report.Step), isCounted));
        }
        // Samples that can't be taken or shown are no reason to end a run.
        catch (Exception exception)
        {
            Interlocked.Increment(ref lostPictures);
            Fail(string.Create(CultureInfo.InvariantCulture, $"The samples of step {report.Step:N0} couldn't be taken"), exception);
        }
    }

    /// <summary>Waits until everything is written, as long as the options say; nothing is to be where the run never began.</summary>
    public void End()
    {
        if (!isOpen)
            return;
        isOpen = false;
        // Not disposed here: a writer that comes late still sets it.
        var done = new ManualResetEventSlim();
        if (!queue.Add(new RunItem.End(done)) || done.Wait(options.FlushTimeout))
            return;
        isStuck = true;
        Fail(string.Create(CultureInfo.InvariantCulture, $"'{layout.FullName}' wasn't written within {options.FlushTimeout.TotalSeconds:0.#} s of the run's end, {queue.Count} reports and pictures are missing"), null);
    }

    public void Dispose()
    {
        queue.Close();
        // Who has waited once in vain doesn't again.
        if (!thread.Join(isStuck ? TimeSpan.Zero : options.FlushTimeout))
            Fail($"'{layout.FullName}' can't be closed: the disk doesn't answer", null);
    }

    private void WriteAll()
    {
        while (queue.Take() is { } item)
        {
            Try(item);
            if (options.DrawsPage && plots.IsDue && queue.Count == 0 && Environment.TickCount64 - drawnAt >= BetweenPlots.TotalMilliseconds && plotTime.Allows)
                Try(() => plotTime.Spend(Draw), "The plots couldn't be drawn");
        }
        files.Dispose();
    }

    private void Try(RunItem item)
    {
        switch (item)
        {
            case RunItem.Begin begin:
                Try(() => Begin(begin.Step), "The run before couldn't be continued");
                hasBegun = true;
                break;
            case RunItem.Report(var report):
                plots.Add(report);
                if (!Try(() => Append(report), "A report couldn't be written"))
                    Interlocked.Increment(ref lostReports);
                break;
            case RunItem.Picture(var path, var picture, var isCounted):
                if (!Try(() => isCounted ? pictureTime.Spend(() => Save(path, picture)) : Save(path, picture), "A picture couldn't be written"))
                    Interlocked.Increment(ref lostPictures);
                break;
            case RunItem.End(var done):
                Try(() => plotTime.Spend(Draw), "The plots couldn't be drawn");
                done.Set();
                break;
        }
    }

    private bool Begin(long start)
    {
        plots.GoOnFrom(start);
        files.Begin(start);
        // What was in the folder is this run's only where this run began in it.
        if (start > 0 && previous is not null)
            info = info with { Created = previous.Created };
        previous = null;
        RunFiles.Describe(layout, info, described);
        return true;
    }

    private bool Append(TrainingReport report)
    {
        files.Write(report);
        if (info.LastStep != report.LastStep)
            files.Save(info = info with { LastStep = report.LastStep });
        return true;
    }

    private static bool Save(string path, RunPicture picture)
    {
        RunFiles.Save(path, picture.Write);
        return true;
    }

    private bool Draw()
    {
        // Drawing would make the folder again that somebody has removed.
        if (!Directory.Exists(layout.FullName))
            throw new DirectoryNotFoundException($"'{layout.FullName}' is gone.");
        files.Save(info = info with { DroppedPictures = DroppedPictures, DroppedReports = DroppedReports, Failure = failure });
        if (!options.DrawsPage)
            return true;
        plots.Draw();
        if (view is null)
            view = RunFolder.OpenThinned(layout);
        else
            view.Refresh();
        RunPage.Save(layout.Page, view);
        drawnAt = Environment.TickCount64;
        return true;
    }

    private bool Try(Func<bool> work, string otherwise)
    {
        try
        {
            return work();
        }
        // A full disk, a folder that is gone, a font that can't be read: the run doesn't depend on any of them.
        catch (Exception exception)
        {
            Fail(otherwise, exception);
            return false;
        }
    }

    private void Fail(string what, Exception? exception)
    {
        var sentence = exception is null ? $"{what}." : $"{what}: {exception.Message.TrimEnd('.')}.";
        if (Interlocked.CompareExchange(ref failure, sentence, null) is null && logger is not null)
            ReportingLog.RunFolderTrouble(logger, sentence);
    }
}
