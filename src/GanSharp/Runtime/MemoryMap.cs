using System.Globalization;

namespace GanSharp.Runtime;

/// <summary>A region of this process's memory, as Linux lists it.</summary>
/// <param name="Start">First address.</param>
/// <param name="End">Address after the last.</param>
/// <param name="IsWritable">Whether it may be written.</param>
/// <param name="Path">The file it was loaded from, empty where there is none.</param>
internal sealed record MemoryMap(long Start, long End, bool IsWritable, string Path)
{
    public string FileName => System.IO.Path.GetFileName(Path);

    /// <summary>The regions now; none on another system.</summary>
    public static IReadOnlyList<MemoryMap> Read() =>
        OperatingSystem.IsLinux() ? [.. File.ReadAllLines("/proc/self/maps").Select(Parse)] : [];

    /// <summary>One line: "start-end permissions offset device inode path".</summary>
    internal static MemoryMap Parse(string line)
    {
        var parts = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        var range = parts[0].Split('-');
        long Address(int part) => long.Parse(range[part], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new MemoryMap(Address(0), Address(1), parts[1].Contains('w', StringComparison.Ordinal), parts.Length > 5 ? parts[5].Trim() : "");
    }

    public bool Holds(long address, int bytes) => address >= Start && address + bytes <= End;
}
