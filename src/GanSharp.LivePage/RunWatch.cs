using System.Buffers;
using System.Text;
using System.Text.Json;
using GanSharp.Reporting.Page;
using GanSharp.Reporting.Runs;

namespace GanSharp.Live;

/// <summary>Looks into the run's folder from time to time, while a page listens, and tells the pages what is new. The training thread has no part in it.</summary>
internal sealed class RunWatch(RunFolder folder, RunControl control, EventClients clients, Func<string, string?> sourceOf) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource ending = new();
    private Task watching = Task.CompletedTask;
    private long lastReport = -1, lastSample = -1;
    private (long, string?) lastTrouble;

    public void Start() => watching = Task.Run(Watch);

    /// <summary>Where the run is, as an event's data.</summary>
    public string Progress()
    {
        var last = folder.Reports is [.., var report] ? report : null;
        return Json(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("step", control.Step ?? last?.Step ?? 0);
            json.WriteNumber("lastStep", last?.LastStep ?? folder.LastStep);
            json.WriteString("state", control.State);
            json.WriteBoolean("canPause", control.CanPause);
            json.WriteBoolean("canSave", control.CanSave);
            json.WriteEndObject();
        });
    }

    /// <summary>Looks once more, so that the last report is told too, and stops.</summary>
    public void Dispose()
    {
        ending.Cancel();
        watching.GetAwaiter().GetResult();
        Look();
        ending.Dispose();
    }

    /// <summary>Text of a piece of JSON.</summary>
    public static string Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            write(json);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private async Task Watch()
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(ending.Token).ConfigureAwait(false))
                if (clients.Any)
                    Look();
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private void Look()
    {
        try
        {
            folder.Refresh();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // A folder that is gone, or on a disk that fails, has nothing new.
            return;
        }
        var (report, sample) = (folder.Reports is [.., var last] ? last.Step : -1, folder.Samples is [.., var picture] ? picture.Step : -1);
        var trouble = (folder.DroppedPictures + folder.DroppedReports, folder.Failure);
        if (report != lastReport || sample != lastSample || trouble != lastTrouble)
        {
            // A step that is gone: the run was taken up again from an earlier one. Pages take everything anew.
            var (afterReport, afterSample) = (report < lastReport ? -1 : lastReport, sample < lastSample ? -1 : lastSample);
            clients.Send("changed", Json(new PageRun(folder, RunShelf.OwnId) { SourceOf = sourceOf, AfterStep = afterReport, Samples = [.. folder.Samples.Where(file => file.Step > afterSample)] }.WriteTo));
            (lastReport, lastSample, lastTrouble) = (report, sample, trouble);
        }
        clients.Send("progress", Progress());
    }
}
