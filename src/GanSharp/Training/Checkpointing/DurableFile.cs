using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace GanSharp.Training.Checkpointing;

/// <summary>Files that survive a power cut once they are said to be written, and their checksums.</summary>
internal static class DurableFile
{
    /// <summary>Writes a file and waits until the disk has it.</summary>
    /// <returns>SHA-256 of what was written, as 64 lower-case hexadecimal digits.</returns>
    public static string Write(string path, Action<Stream> write)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        using var hashed = new HashingStream(file);
        write(hashed);
        file.Flush(flushToDisk: true);
        return hashed.Finish();
    }

    /// <summary>SHA-256 of a file.</summary>
    public static string Hash(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>
    /// Waits until the disk has a folder's entries: a file's content alone doesn't make its name survive. Windows writes its journal by itself,
    /// and file systems that can't flush a folder have nothing to flush.
    /// </summary>
    public static void FlushFolder(string path)
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
