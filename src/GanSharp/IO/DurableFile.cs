using System.Security.Cryptography;

namespace GanSharp.IO;

/// <summary>Writes files whose content survives a power cut once the write returns, and computes their checksums.</summary>
internal static class DurableFile
{
    /// <summary>Writes a file and waits until the disk has it.</summary>
    /// <returns>SHA-256 of what was written, as 64 lower-case hexadecimal digits.</returns>
    public static string Write(string path, Action<Stream> write)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        using var hashed = new HashingStream(file);
        write(hashed);
        return hashed.Finish();
    }

    /// <summary>SHA-256 of a file.</summary>
    public static string Hash(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
