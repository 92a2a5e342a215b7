namespace GanSharp.IO;

/// <summary>Replaces a file atomically: the old content stays until the new content is complete, and nobody ever reads half of it.</summary>
public static class AtomicFile
{
    /// <summary>Writes a file beside its name and then renames it.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="flushToDisk">Whether the replacement survives a power cut, for which this waits for the disk. Default true.</param>
    /// <exception cref="IOException">It can't be written; the file is what it was.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public static void Save(string path, Action<Stream> write, bool flushToDisk = true)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(write);
        var partial = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            using (var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write))
            {
                write(file);
                file.Flush(flushToDisk);
            }
            File.Move(partial, path, overwrite: true);
            if (flushToDisk)
                DiskFolder.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
