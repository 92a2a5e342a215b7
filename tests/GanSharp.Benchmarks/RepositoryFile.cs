namespace GanSharp.Benchmarks;

/// <summary>Files of the checkout that the benchmarks read and write.</summary>
internal static class RepositoryFile
{
    public static string Root { get; } = FindRoot();

    /// <summary>Replaces what stands between <c>&lt;!-- begin name --&gt;</c> and <c>&lt;!-- end name --&gt;</c>.</summary>
    public static void ReplaceSection(string path, string name, string content)
    {
        var text = File.ReadAllText(path);
        var (begin, end) = ($"<!-- begin {name} -->", $"<!-- end {name} -->");
        var (start, stop) = (text.IndexOf(begin, StringComparison.Ordinal), text.IndexOf(end, StringComparison.Ordinal));
        if (start < 0 || stop < start)
            throw new InvalidDataException($"{path} has no section between '{begin}' and '{end}'.");
        File.WriteAllText(path, $"{text[..(start + begin.Length)]}\n{content.Trim()}\n{text[stop..]}");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "GanSharp.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"{AppContext.BaseDirectory} lies in no checkout of GanSharp.");
    }
}
