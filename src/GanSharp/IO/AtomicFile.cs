namespace GanSharp.IO;

/// <summary>A file that is there whole or not at all: what was there before stays until the new content is on the disk, and then a power cut doesn't take that back.</summary>
internal static class AtomicFile
{
    public static void Save(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var beside = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = new FileStream(beside, FileMode.CreateNew, FileAccess.Write))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(beside, path, overwrite: true);
            DiskFolder.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        finally
        {
            File.Delete(beside);
        }
    }
}
