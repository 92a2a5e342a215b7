namespace GanSharp.Tests;

/// <summary>A folder of its own for a test, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string FullName { get; } = Directory.CreateTempSubdirectory("gansharp-test-").FullName;

    public string File(params string[] parts)
    {
        var path = Path.Combine([FullName, .. parts]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
