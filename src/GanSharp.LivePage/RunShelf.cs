using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GanSharp.Reporting.Runs;

namespace GanSharp.Live;

/// <summary>The runs that may be seen: the one that is served, and those beside it. A request names one by an id that is looked up in the list; nothing of a request becomes part of a path.</summary>
/// <param name="own">The run that is served.</param>
/// <param name="others">A folder whose subfolders may be runs; null for none.</param>
internal sealed class RunShelf(RunFolder own, string? others)
{
    public const string OwnId = "run";
    private const int MostRuns = 200, LargestInfo = 1 << 20;
    private readonly Lock opening = new();
    private readonly Dictionary<string, RunFolder> opened = [];

    /// <summary>Id and title of each run, the served one first, then the newest.</summary>
    public IReadOnlyList<(string Id, string Title)> List() => [(OwnId, own.Title), .. Others().Select(run => (run.Id, run.Title))];

    /// <summary>The run with this id, as it is now; null where there is none.</summary>
    public RunFolder? Find(string id)
    {
        if (id == OwnId)
        {
            own.Refresh();
            return own;
        }
        if (Others().FirstOrDefault(run => run.Id == id) is not { Path: { } path })
            return null;
        lock (opening)
        {
            if (opened.TryGetValue(id, out var run))
                run.Refresh();
            else
                opened[id] = run = RunFolder.Open(path);
            return run;
        }
    }

    private IEnumerable<(string Id, string Title, string Path)> Others()
    {
        if (others is null || !Directory.Exists(others))
            return [];
        return from folder in new DirectoryInfo(others).EnumerateDirectories().OrderByDescending(folder => folder.LastWriteTimeUtc).Take(MostRuns)
               // A link could lead anywhere.
               where folder.LinkTarget is null && folder.FullName != own.FullName
               let title = Title(Path.Combine(folder.FullName, "run.json"))
               where title is not null
               select (Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder.FullName)))[..16], title == own.Title ? $"{title} ({folder.Name})" : title, folder.FullName);
    }

    private static string? Title(string path)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, LinkTarget: null, Length: <= LargestInfo })
                return null;
            using var info = JsonDocument.Parse(File.ReadAllBytes(path));
            return info.RootElement.GetProperty("title").GetString();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
