using static TorchSharp.torch;

namespace GanSharp.Tensors;

/// <summary>Copies a tensor's values to and from a stream, in pieces: a span can't exceed 2 GB, and a complete copy would double the memory.</summary>
internal static class TensorBytes
{
    private const long PieceBytes = 1 << 24;

    /// <summary>Writes the values in index order, whatever the device and the strides.</summary>
    public static void Write(Stream target, Tensor values)
    {
        using var scope = NewDisposeScope();
        if (values.numel() * values.ElementSize <= PieceBytes)
        {
            target.Write(values.cpu().contiguous().resolve_conj().resolve_neg().bytes);
            return;
        }
        var rows = values.shape[0];
        var rowsPerPiece = PieceBytes / (values.numel() / rows * values.ElementSize);
        if (rowsPerPiece == 0)
            for (long row = 0; row < rows; row++)
                Write(target, values.select(0, row));
        else
            for (long row = 0; row < rows; row += rowsPerPiece)
                Write(target, values.narrow(0, row, Math.Min(rowsPerPiece, rows - row)));
    }

    /// <summary>Fills a contiguous tensor on the CPU.</summary>
    /// <exception cref="EndOfStreamException">The stream has fewer bytes.</exception>
    public static void Read(Stream source, Tensor values)
    {
        using var scope = NewDisposeScope();
        var flat = values.view(-1);
        var (count, step) = (flat.shape[0], PieceBytes / values.ElementSize);
        for (long start = 0; start < count; start += step)
        {
            using var piece = flat.narrow(0, start, Math.Min(step, count - start));
            source.ReadExactly(piece.bytes);
        }
    }
}
