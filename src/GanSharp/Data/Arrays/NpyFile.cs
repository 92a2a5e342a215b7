using GanSharp.IO;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Data.Arrays;

/// <summary>NumPy's file format for one array, .npy. <see cref="NpyDataset"/> reads it without loading it.</summary>
public static class NpyFile
{
    /// <summary>Writes rows piece by piece, so that the file may be larger than memory. The file appears complete or not at all.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="pieces">
    /// At least one uint8, int64 or float32 tensor of shape [n, …]; only n may differ. Each is written before the next is requested, so an
    /// iterator may then dispose it.
    /// </param>
    /// <exception cref="ArgumentException">There is no piece, or one has an unsupported type, no rows, or a type or shape other than the first.</exception>
    public static void Write(string path, IEnumerable<Tensor> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        AtomicFile.Save(path, file =>
        {
            (ScalarType Type, long[] Shape)? written = null;
            foreach (var piece in pieces)
            {
                var (type, shape) = (piece.dtype, piece.shape);
                if (type is not (ScalarType.Byte or ScalarType.Int64 or ScalarType.Float32) || piece.numel() == 0 || shape.Length == 0)
                    throw new ArgumentException($"pieces must be uint8, int64 or float32 of shape [n, …] with at least one value but one is {type} of shape {Shape.Format(shape)}.", nameof(pieces));
                if (written is not { } so)
                    file.Write(NpyHeader.ToBytes(type, shape));
                else if (type != so.Type || !shape.Skip(1).SequenceEqual(so.Shape.Skip(1)))
                    throw new ArgumentException($"pieces must be alike but for the number of rows: the first is {so.Type} of shape {Shape.Format(so.Shape)}, another {type} of shape {Shape.Format(shape)}.", nameof(pieces));
                else
                    shape[0] += so.Shape[0];
                written = (type, shape);
                TensorBytes.Write(file, piece);
            }
            if (written is not { } all)
                throw new ArgumentException("pieces must hold at least one tensor but holds none.", nameof(pieces));
            file.Position = 0;
            file.Write(NpyHeader.ToBytes(all.Type, all.Shape));
        });
    }
}
