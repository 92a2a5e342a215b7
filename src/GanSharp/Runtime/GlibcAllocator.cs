using System.Runtime.InteropServices;

namespace GanSharp.Runtime;

/// <summary>
/// glibc's malloc takes each large block from the system and returns it when it is freed; each new batch then pays for clearing every
/// page of its activations. With these settings it keeps such blocks in the heap and reuses the same pages.
/// </summary>
internal static partial class GlibcAllocator
{
    private const int TrimThreshold = -1, TopPad = -2, MmapThreshold = -3;
    // Before glibc 2.35 a higher threshold is refused as a whole.
    private const int LargestOldMmapThreshold = 32 << 20;

    private static bool isKept;

    public static string State { get; private set; } = "as by default";

    public static void KeepFreedMemory()
    {
        if (!IsGlibc())
        {
            State = "as by default (to keep it was refused: the C library isn't glibc)";
            return;
        }
        isKept = (MallOpt(MmapThreshold, 1 << 30) == 1 || MallOpt(MmapThreshold, LargestOldMmapThreshold) == 1)
            & MallOpt(TrimThreshold, int.MaxValue) == 1
            & MallOpt(TopPad, 64 << 20) == 1;
        State = isKept ? "kept" : "as by default (to keep it was refused: glibc's mallopt failed)";
    }

    /// <summary>Returns memory that is kept but currently free to the system.</summary>
    public static void Release()
    {
        if (isKept)
            _ = MallocTrim(0);
    }

    private static bool IsGlibc() =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "gnu_get_libc_version", out _);

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint padding);
}
