namespace GanSharp.Data.Images;

/// <summary>The files under a folder. Links are followed, but no folder is read twice, because a circular link would never end.</summary>
internal static class FolderWalk
{
    /// <exception cref="InvalidDatasetException">A link leads to a folder that was read already.</exception>
    public static IEnumerable<string> Files(string folder)
    {
        var read = new Dictionary<string, string>();
        var pending = new Stack<(string Path, string RealPath)>([(folder, RealPath(Environment.CurrentDirectory, folder))]);
        while (pending.TryPop(out var next))
        {
            if (!read.TryAdd(next.RealPath, next.Path))
                throw new InvalidDatasetException($"'{next.Path}' and '{read[next.RealPath]}' must be different folders but a link makes them the same. Remove the link.");
            foreach (var entry in new DirectoryInfo(next.Path).EnumerateFileSystemInfos())
            {
                var path = Path.Combine(next.Path, entry.Name);
                if (entry is DirectoryInfo)
                    pending.Push((path, entry.LinkTarget is { } target ? RealPath(next.RealPath, target) : Path.Combine(next.RealPath, entry.Name)));
                else
                    yield return path;
            }
        }
    }

    /// <summary>The path with all links resolved, which identifies a folder; .NET resolves only the last part of a path.</summary>
    private static string RealPath(string realStart, string path)
    {
        var (real, rest) = Path.IsPathRooted(path) ? (Path.GetPathRoot(path)!, path[Path.GetPathRoot(path)!.Length..]) : (realStart, path);
        foreach (var part in rest.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
                real = Path.GetDirectoryName(real) ?? real;
            else if (part != ".")
                real = new DirectoryInfo(Path.Combine(real, part)).LinkTarget is { } target ? RealPath(real, target) : Path.Combine(real, part);
        }
        return real;
    }
}
