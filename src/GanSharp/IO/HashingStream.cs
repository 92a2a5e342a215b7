using System.Security.Cryptography;

namespace GanSharp.IO;

/// <summary>
/// Hashes data as it is written, so that the checksum doesn't need a second read. A large piece is hashed in another thread while it is
/// written, and data written so far is flushed to the disk while the rest is still being hashed: on a fast disk both take equally long.
/// </summary>
internal sealed class HashingStream(FileStream target) : Stream
{
    private const int LargeBytes = 1 << 16, FlushedBytes = 1 << 26;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] piece = [];
    private Task hashing = Task.CompletedTask, flushing = Task.CompletedTask;
    private long gathered;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Waits until the disk has everything.</summary>
    /// <returns>SHA-256 of it, as lower-case hexadecimal digits.</returns>
    public string Finish()
    {
        // The system reports a failure to one flush only, so every result must be checked.
        flushing.GetAwaiter().GetResult();
        target.Flush(flushToDisk: true);
        hashing.GetAwaiter().GetResult();
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        hashing.GetAwaiter().GetResult();
        if (buffer.Length < LargeBytes)
        {
            hash.AppendData(buffer);
        }
        else
        {
            if (piece.Length < buffer.Length)
                piece = new byte[buffer.Length];
            buffer.CopyTo(piece);
            var length = buffer.Length;
            hashing = Task.Run(() => hash.AppendData(piece, 0, length));
        }
        target.Write(buffer);
        gathered += buffer.Length;
        if (gathered < FlushedBytes || !flushing.IsCompleted)
            return;
        flushing.GetAwaiter().GetResult();
        gathered = 0;
        flushing = Task.Run(() => RandomAccess.FlushToDisk(target.SafeFileHandle));
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush() => target.Flush();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Any failure has already been reported, or an exception is already propagating.
            Task.WhenAll(hashing, flushing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
            hash.Dispose();
        }
        base.Dispose(disposing);
    }
}
