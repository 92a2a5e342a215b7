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
    private Content told = new([], [], default);

    public void Start()
    {
        // A page begins with all that is there.
        told = Content.Of(folder);
        watching = Task.Run(Watch);
    }

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
            var now = Content.Of(folder);
            if (!now.Continues(told))
                // What the pages have is another run's, or of steps that are gone: they ask for everything.
                clients.Send("anew", "{}");
            else if (now.Report != told.Report || now.Sample != told.Sample || now.Trouble != told.Trouble)
                clients.Send("changed", Json(new PageRun(folder, RunShelf.OwnId) { SourceOf = sourceOf, AfterStep = told.Report?.Step ?? -1, Samples = [.. now.Samples.Where(file => file.Step > told.Sample)] }.WriteTo));
            told = now;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // A folder that is gone, or on a disk that fails, has nothing new.
            return;
        }
        clients.Send("progress", Progress());
    }

    /// <summary>What there is to tell. A request for the run may refresh the folder at any time, so each list is taken once.</summary>
    private sealed record Content(IReadOnlyList<ReportRecord> Reports, IReadOnlyList<RunFile> Samples, (long Dropped, string? Failure) Trouble)
    {
        public ReportRecord? Report => Reports is [.., var last] ? last : null;

        public long Sample => Samples is [.., var last] ? last.Step : -1;

        public static Content Of(RunFolder folder) => new(folder.Reports, folder.Samples, (folder.DroppedPictures + folder.DroppedReports, folder.Failure));

        /// <summary>
        /// Whether all that there was is still there. A folder that only grows keeps its records, so the last one is where it was; steps alone wouldn't do,
        /// because a fast run may pass the old one's last step between two looks.
        /// </summary>
        public bool Continues(Content before) =>
            Sample >= before.Sample && (before.Report is null || (Reports.Count >= before.Reports.Count && ReferenceEquals(Reports[before.Reports.Count - 1], before.Report)));
    }
}
