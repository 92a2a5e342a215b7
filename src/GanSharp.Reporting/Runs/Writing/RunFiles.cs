using System.Text.Json;
using GanSharp.IO;
using GanSharp.Training.Runs;

namespace GanSharp.Reporting.Runs.Writing;

/// <summary>What the writer's thread does to the disk. A file is complete or not there, but for the two that grow, whose last line may be torn where the process was ended.</summary>
internal sealed class RunFiles(RunLayout layout, Func<string, Stream> append) : IDisposable
{
    private ReportTable? table;
    private long written;

    /// <summary>Drops what is there of later steps: a resumed run goes on, a new one begins with nothing.</summary>
    public void Begin(long step)
    {
        Directory.CreateDirectory(layout.Samples);
        foreach (var picture in layout.ListSamples().Where(picture => picture.Step > step))
            File.Delete(picture.Path);
        // What a process left that was ended while it wrote.
        foreach (var partial in new[] { layout.FullName, layout.Samples, layout.Plots }.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*.part")))
            File.Delete(partial);
        if (step == 0)
            foreach (var drawn in new[] { layout.TrainingPlot, layout.DiagnosticsPlot, layout.Page, layout.Table }.Where(File.Exists))
                File.Delete(drawn);
        KeepReportsTo(step);
        Close(ref table);
        written = step;
    }

    public void Write(TrainingReport report)
    {
        Append([.. JsonSerializer.SerializeToUtf8Bytes(report.ToRecord(), ReportJson.Default.ReportRecord), (byte)'\n']);
        try
        {
            table ??= new ReportTable(layout.Table, lastKept: written);
            table.Write(report);
            written = report.Step;
        }
        catch
        {
            // It begins again at the next report, without what was cut off.
            Close(ref table);
            throw;
        }
    }

    public static void Save(string path, Action<Stream> write) => AtomicFile.Save(path, write, flushToDisk: false);

    public void Save(RunInfo info) => Save(layout, info);

    /// <summary>Writes what the run is: run.json and options.json.</summary>
    public static void Describe(RunLayout layout, RunInfo info, IReadOnlyDictionary<string, string> options)
    {
        Save(layout.Options, file => JsonSerializer.Serialize(file, options, RunJson.Default.IReadOnlyDictionaryStringString));
        Save(layout, info);
    }

    public void Dispose() => Close(ref table);

    private static void Save(RunLayout layout, RunInfo info) => Save(layout.Info, file => JsonSerializer.Serialize(file, info, RunJson.Default.RunInfo));

    private static void Close(ref ReportTable? table)
    {
        try
        {
            table?.Dispose();
        }
        catch (IOException)
        {
            // What it still held can't be written either.
        }
        table = null;
    }

    private void Append(byte[] line)
    {
        var length = File.Exists(layout.Reports) ? new FileInfo(layout.Reports).Length : 0;
        try
        {
            using var file = append(layout.Reports);
            file.Write(line);
            file.Flush();
        }
        catch (IOException)
        {
            CutTo(length);
            throw;
        }
    }

    /// <summary>A full disk may have taken a part of the line.</summary>
    private void CutTo(long length)
    {
        if (!File.Exists(layout.Reports) || new FileInfo(layout.Reports).Length <= length)
            return;
        using var file = new FileStream(layout.Reports, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        file.SetLength(length);
    }

    private void KeepReportsTo(long step)
    {
        if (!File.Exists(layout.Reports))
            return;
        var kept = new ReportLog(layout.Reports).Read().Where(report => report.Step <= step);
        Save(layout.Reports, file =>
        {
            foreach (var report in kept)
            {
                JsonSerializer.Serialize(file, report, ReportJson.Default.ReportRecord);
                file.WriteByte((byte)'\n');
            }
        });
    }
}
