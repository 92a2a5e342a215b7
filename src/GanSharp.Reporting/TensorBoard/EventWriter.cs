using System.Threading.Channels;
using GanSharp.Reporting.Pictures;
using GanSharp.Reporting.Runs;
using Tensorboard;

namespace GanSharp.Reporting.TensorBoard;

/// <summary>Writes events on a thread of its own. Who trains hands over a report and goes on, whether the disk is slow, full or gone.</summary>
internal sealed class EventWriter : IDisposable
{
    private readonly Channel<(ReportRecord Record, ImageBytes? Images)> queue;
    private readonly string folder;
    private readonly TensorBoardOptions options;
    private readonly Thread thread;
    private readonly Dictionary<string, Summary.Types.Value> texts = [];
    private long dropped;
    private volatile string? failure;

    public EventWriter(string folder, TensorBoardOptions options)
    {
        (this.folder, this.options) = (folder, options);
        queue = Channel.CreateBounded<(ReportRecord, ImageBytes?)>(new BoundedChannelOptions(options.QueueCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        thread = new Thread(WriteAll) { IsBackground = true, Name = "GanSharp TensorBoard" };
        thread.Start();
    }

    public void Write(ReportRecord record, ImageBytes? images)
    {
        if (!queue.Writer.TryWrite((record, images)))
            dropped++;
    }

    /// <summary>Keeps the first failure, and says it to the logger.</summary>
    public void Fail(string what, Exception? cause)
    {
        var sentence = cause is null ? $"{what}." : $"{what}: {cause.Message.TrimEnd('.')}.";
        if (Interlocked.CompareExchange(ref failure, sentence, null) is null && options.Logger is { } logger)
            ReportingLog.TensorBoardTrouble(logger, sentence);
    }

    /// <summary>Waits until everything is written, but no longer than the options say.</summary>
    public void Dispose()
    {
        queue.Writer.TryComplete();
        if (!thread.Join(options.FlushTimeout))
            Fail($"'{folder}' wasn't written within {options.FlushTimeout.TotalSeconds:0.#} s of the run's end", null);
        if (dropped > 0)
            Fail($"{dropped} reports were left out of '{folder}', because the disk was too slow", null);
    }

    private void WriteAll()
    {
        EventFile? file = null;
        try
        {
            while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
                while (queue.Reader.TryRead(out var item))
                {
                    file ??= Begin(item.Record.Step);
                    Write(file, item.Record, item.Images);
                    file.Flush();
                }
        }
        // A full disk, a folder that is gone, a name that is too long: the run doesn't depend on it.
        catch (Exception exception)
        {
            Fail($"TensorBoard's events couldn't be written to '{folder}'", exception);
            queue.Writer.TryComplete();
        }
        finally
        {
            Close(file);
        }
    }

    /// <summary>A run that was resumed replaces what an earlier one wrote of the same steps.</summary>
    private EventFile Begin(long step)
    {
        var file = new EventFile(folder);
        file.Write(new Event { Step = step, SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } });
        return file;
    }

    private void Write(EventFile file, ReportRecord record, ImageBytes? images)
    {
        var summary = new Summary();
        summary.Value.AddRange(Summaries.Scalars(record));
        // Texts that say the same again would bury those that don't.
        foreach (var text in Summaries.Texts(record))
            if (IsNews(text))
                summary.Value.Add(text);
        if (images is not null)
            summary.Value.Add(Summaries.Image("samples", images, options.Columns));
        file.Write(new Event { Step = record.Step, Summary = summary });
    }

    private bool IsNews(Summary.Types.Value text)
    {
        if (texts.TryGetValue(text.Tag, out var before) && before.Equals(text))
            return false;
        texts[text.Tag] = text;
        return true;
    }

    private static void Close(EventFile? file)
    {
        try
        {
            file?.Dispose();
        }
        catch (IOException)
        {
            // It was said already that the disk is full.
        }
    }
}
