using System.Runtime.InteropServices;
using System.Text;

namespace GanSharp.IO;

/// <summary>Flushes a folder's entries to the disk: flushing a file's content doesn't make its name survive a power cut.</summary>
internal static class DiskFolder
{
    /// <summary>
    /// Waits until the disk has a folder's entries. Windows writes its journal automatically, and file systems that can't flush a folder have nothing to flush.
    /// </summary>
    /// <exception cref="IOException">The folder can't be opened.</exception>
    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open([.. Encoding.UTF8.GetBytes(path), 0], 0);
        if (descriptor < 0)
            throw new IOException($"The folder '{path}' can't be opened to flush it: {Marshal.GetLastPInvokeErrorMessage()}.");
        _ = Flush(descriptor);
        _ = Close(descriptor);
    }

#pragma warning disable SYSLIB1054 // LibraryImport would need unsafe code in the whole assembly.
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Flush(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Close(int descriptor);
#pragma warning restore SYSLIB1054
}
