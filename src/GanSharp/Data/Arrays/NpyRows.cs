using GanSharp.Safetensors;
using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace GanSharp.Data.Arrays;

/// <summary>
/// The rows of a .npy file, each read when requested. They are read instead of mapped into memory: a mapped file that another program shortens,
/// or whose disk fails, would end the process, while a read returns fewer bytes or throws.
/// </summary>
internal sealed class NpyRows : IDisposable
{
    private const long PieceBytes = 1 << 24;
    private readonly string path;
    private readonly SafeFileHandle file;
    private readonly NpyHeader header;
    private readonly long rowBytes, fileBytes;

    private NpyRows(string path, NpyHeader header, SafeFileHandle file)
    {
        (this.path, this.header, this.file) = (path, header, file);
        rowBytes = header.Values / header.Shape[0] * SafetensorsType.Bytes(header.Type);
        fileBytes = header.Offset + rowBytes * header.Shape[0];
    }

    public ScalarType Type => header.Type;

    /// <summary>Shape of the array; the first size is the number of rows.</summary>
    public long[] Shape => header.Shape;

    /// <exception cref="InvalidDatasetException">The file isn't what <see cref="NpyHeader.Read"/> accepts.</exception>
    public static NpyRows Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var header = NpyHeader.Read(path);
        // Where the system supports locks between programs, no other program can write to the file; replacing it with another file does no harm.
        return new NpyRows(path, header, File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess));
    }

    /// <summary>The requested rows, in the requested order.</summary>
    /// <returns>Tensor of the file's type and shape [rows, …].</returns>
    /// <exception cref="InvalidDatasetException">The file has become shorter since it was opened.</exception>
    /// <exception cref="IOException">The disk can't be read.</exception>
    public Tensor Read(ReadOnlySpan<long> rows)
    {
        var values = empty([rows.Length, .. header.Shape[1..]], header.Type);
        var rowsPerPiece = (int)Math.Max(1, PieceBytes / rowBytes);
        for (var start = 0; start < rows.Length; start += rowsPerPiece)
        {
            using var piece = values.narrow(0, start, Math.Min(rowsPerPiece, rows.Length - start));
            var bytes = piece.bytes;
            for (var done = 0; done < piece.size(0); done++)
                Fill(bytes.Slice((int)(done * rowBytes), (int)rowBytes), rows[start + done]);
        }
        return values;
    }

    /// <summary>Reads every value once, a piece at a time.</summary>
    public (long Lowest, long Highest) Range()
    {
        var (lowest, highest) = (long.MaxValue, long.MinValue);
        var rowsPerPiece = Math.Max(1, PieceBytes / rowBytes);
        for (long start = 0; start < header.Shape[0]; start += rowsPerPiece)
        {
            using var scope = NewDisposeScope();
            var piece = empty([Math.Min(rowsPerPiece, header.Shape[0] - start), .. header.Shape[1..]], header.Type);
            FillAt(piece.bytes, header.Offset + start * rowBytes, start);
            lowest = Math.Min(lowest, piece.min().to(ScalarType.Int64).item<long>());
            highest = Math.Max(highest, piece.max().to(ScalarType.Int64).item<long>());
        }
        return (lowest, highest);
    }

    public void Dispose() => file.Dispose();

    private void Fill(Span<byte> bytes, long row) => FillAt(bytes, header.Offset + row * rowBytes, row);

    private void FillAt(Span<byte> bytes, long offset, long row)
    {
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(file, bytes, offset);
            if (read == 0)
                throw new InvalidDatasetException($"'{path}' had {fileBytes:N0} bytes when it was opened but has {RandomAccess.GetLength(file):N0} now, so that row {row:N0} is gone. Put it back as it was, and resume from the last checkpoint.");
            bytes = bytes[read..];
            offset += read;
        }
    }
}
