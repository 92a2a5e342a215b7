using System.Runtime.CompilerServices;

namespace GanSharp.Tests;

/// <summary>The working tree that the tests were compiled from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        // A deterministic build maps source paths to /_/, so the output folder is the second place to start from.
        foreach (var start in new[] { Path.GetDirectoryName(thisFile), AppContext.BaseDirectory })
            for (var folder = start is null ? null : new DirectoryInfo(start); folder is { Exists: true }; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, "GanSharp.sln")))
                    return folder.FullName;
        throw new InvalidOperationException("The tests must run from a working tree: GanSharp.sln was not found above the test assembly.");
    }
}
