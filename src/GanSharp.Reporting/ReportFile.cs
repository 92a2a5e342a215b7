using GanSharp.IO;
using SkiaSharp;

namespace GanSharp.Reporting;

/// <summary>A file of a report, whose folder is made where it isn't there. It is complete or not there: who watches the folder never opens half a picture.</summary>
internal static class ReportFile
{
    public static void WritePng(SKSurface surface, Stream stream)
    {
        using var image = surface.Snapshot();
        using var content = image.Encode(SKEncodedImageFormat.Png, 100);
        content.SaveTo(stream);
    }

    /// <summary>Tries whether the file can be written, so that a run learns it before its first step and not at its first report.</summary>
    /// <exception cref="IOException">It can't; the message says what is wrong.</exception>
    public static void ThrowIfUnwritable(string path)
    {
        var trial = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            if (Directory.Exists(path))
                throw new IOException("It is a folder.");
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            new FileStream(trial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"path must be a file that can be written but is '{path}': {exception.Message.Replace(trial, path, StringComparison.Ordinal)}", exception);
        }
    }

    public static void Save(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        // A picture can be drawn again: no report waits for the disk.
        AtomicFile.Save(path, write, flushToDisk: false);
    }
}
