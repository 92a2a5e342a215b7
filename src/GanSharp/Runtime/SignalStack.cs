using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace GanSharp.Runtime;

/// <summary>
/// Makes room for signal handlers on threads that compute in bfloat16. .NET 10 gives every thread 16 KB for them. The kernel first saves the thread's registers there, and those of
/// a thread that has used AMX, as oneDNN's bfloat16 kernels do, take 11 KB of it. The rest is too small: the next null reference, or the next suspension for a garbage collection, overflows it and
/// ends the process.
/// </summary>
internal static partial class SignalStack
{
    // .NET's own handlers probe up to 24 KB; pages that nobody touches cost nothing.
    private const nuint Size = 256 << 10;
    private const int Disabled = 2, NoAccess = 0, ReadWrite = 1 | 2, PrivateAnonymous = 0x02 | 0x20, StackPages = 0x20000;

    [ThreadStatic]
    private static bool isEnsured;

    private static readonly bool IsNeeded = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64 && HasAmx();

    /// <summary>Replaces the calling thread's stack for signal handlers by a larger one where the processor has AMX. Does nothing the second time.</summary>
    public static void EnsureRoom()
    {
        if (isEnsured)
            return;
        isEnsured = true;
        // A thread without one, which .NET didn't start, handles signals on its own stack.
        if (!IsNeeded || SigAltStack(0, out var current) != 0 || current.Flags == Disabled || current.Size >= Size)
            return;
        var memory = MMap(0, Size, ReadWrite, PrivateAnonymous | StackPages, -1, 0);
        if (memory == -1)
            return;
        // As .NET does: the lowest page catches an overflow, and .NET frees the whole when the thread ends. The 16 KB before it stay until the process ends.
        _ = MProtect(memory, (nuint)Environment.SystemPageSize, NoAccess);
        var larger = new Stack { Start = memory, Size = Size };
        if (SigAltStack(in larger, 0) != 0)
            _ = MUnmap(memory, Size);
    }

    /// <summary>Bytes of the calling thread's stack for signal handlers; 0 where it has none.</summary>
    internal static long CurrentSize() => SigAltStack(0, out var current) == 0 && current.Flags != Disabled ? (long)current.Size : 0;

    private static bool HasAmx()
    {
        const int ExtendedFeatures = 7, TileBit = 24;
        return X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= ExtendedFeatures && (X86Base.CpuId(ExtendedFeatures, 0).Edx >> TileBit & 1) == 1;
    }

    /// <summary>stack_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Stack
    {
        public nint Start;
        public int Flags;
        public nuint Size;
    }

    [LibraryImport("libc", EntryPoint = "sigaltstack")]
    private static partial int SigAltStack(nint unchanged, out Stack current);

    [LibraryImport("libc", EntryPoint = "sigaltstack")]
    private static partial int SigAltStack(in Stack changed, nint ignored);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint MMap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int MProtect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int MUnmap(nint address, nuint length);
}
