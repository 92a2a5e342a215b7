using System.Runtime.InteropServices;

namespace GanSharp.Runtime;

/// <summary>
/// glibc's malloc takes a large block from the system and gives it back when it is freed; each new batch then pays for the clearing of every
/// page of its activations. Told to keep such blocks in the heap, it hands the same pages out again.
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

    /// <summary>Returns to the system what is kept and free now.</summary>
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
