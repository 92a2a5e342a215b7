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

    public static void Save(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        // A picture can be drawn again: no report waits for the disk.
        AtomicFile.Save(path, write, flushToDisk: false);
    }
}
