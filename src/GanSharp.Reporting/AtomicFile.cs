using SkiaSharp;

namespace GanSharp.Reporting;

/// <summary>A file that is there whole or not at all: who watches the folder never opens half a picture.</summary>
internal static class AtomicFile
{
    public static void SavePng(SKSurface surface, string path)
    {
        using var image = surface.Snapshot();
        using var content = image.Encode(SKEncodedImageFormat.Png, 100);
        Save(path, content.SaveTo);
    }

    public static void Save(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        var partial = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            using (var file = File.Create(partial))
                write(file);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
