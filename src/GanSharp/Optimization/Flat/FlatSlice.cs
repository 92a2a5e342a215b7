using static TorchSharp.torch;

namespace GanSharp.Optimization.Flat;

/// <summary>A stretch of a flat buffer whose parameters are stepped alike, and of what an optimizer keeps for each value of it.</summary>
internal sealed class FlatSlice(FlatParameters parameters, int buffer, Tensor[] slots, long start, long length)
{
    public Tensor Values { get; } = parameters.Buffers[buffer];

    /// <summary>A copy in bfloat16 to keep up with the values; null for none.</summary>
    public Tensor? Rounded => parameters.Rounded[buffer];

    public int Buffer => buffer;

    public Tensor[] Slots => slots;

    public long Start => start;

    public long Length => length;

    /// <summary>Its parts where <see cref="FlatPass"/> can take it; empty elsewhere.</summary>
    public FlatPiece[] Pieces { get; } = [.. parameters.Pieces[buffer].Where(piece => piece.Start >= start && piece.Start < start + length)];
}
