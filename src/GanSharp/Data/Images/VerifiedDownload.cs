using System.IO.Compression;
using System.Security.Cryptography;

namespace GanSharp.Data.Images;

/// <summary>A download that is either complete and verified, or absent.</summary>
internal static class VerifiedDownload
{
    /// <summary>Saves a gzip file whose decompressed content has the given checksum.</summary>
    public static void Save(HttpClient client, Uri address, string sha256, string target, CancellationToken cancellationToken)
    {
        // A unique name: two processes may download at once; the last one to finish wins, with the same content.
        var partial = $"{target}.{Guid.NewGuid():N}.part";
        try
        {
            using (var request = new HttpRequestMessage(HttpMethod.Get, address))
            using (var response = client.Send(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken))
            {
                response.EnsureSuccessStatusCode();
                using var content = response.Content.ReadAsStream(cancellationToken);
                using var file = File.Create(partial);
                Copy(content, file, cancellationToken);
            }
            var found = Checksum(partial);
            if (found != sha256)
                throw new InvalidDatasetException($"{address} must have the SHA-256 {sha256} when decompressed but has {found}; nothing was kept.");
            File.Move(partial, target, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private static void Copy(Stream source, FileStream target, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 16];
        for (int read; (read = source.Read(buffer)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            target.Write(buffer, 0, read);
        }
    }

    private static string Checksum(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var content = new GZipStream(file, CompressionMode.Decompress);
            return Convert.ToHexStringLower(SHA256.HashData(content));
        }
        catch (InvalidDataException)
        {
            return "no valid gzip content";
        }
    }
}
