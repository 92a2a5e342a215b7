using SkiaSharp;

namespace GanSharp.Reporting;

/// <summary>A PNG file that is there whole or not at all: who watches the folder never opens half a picture.</summary>
internal static class PngFile
{
    public static void Save(SKSurface surface, string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        using var image = surface.Snapshot();
        using var content = image.Encode(SKEncodedImageFormat.Png, 100);
        var partial = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            using (var file = File.Create(partial))
                content.SaveTo(file);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
