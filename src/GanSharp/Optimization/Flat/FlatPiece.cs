namespace GanSharp.Optimization.Flat;

/// <summary>A part of one parameter, of which a pass adds up the squares at a time.</summary>
/// <param name="Parameter">Index of the parameter in <see cref="FlatParameters.Layout"/>.</param>
/// <param name="Offset">Values of the parameter that come before; a multiple of <see cref="FlatParameters.Alignment"/>.</param>
/// <param name="Start">Where it begins in the flat buffer.</param>
/// <param name="Count">Number of values, padding excluded.</param>
internal readonly record struct FlatPiece(int Parameter, long Offset, long Start, int Count)
{
    // The squares of one piece are added up in float32, those of all pieces in float64.
    private const int MostValues = 64 * 1_024;

    /// <summary>Cuts a parameter into pieces of about equal size.</summary>
    /// <param name="parameter">Its index.</param>
    /// <param name="start">Where it begins in the flat buffer.</param>
    /// <param name="count">Number of its values.</param>
    public static IEnumerable<FlatPiece> Cut(int parameter, long start, long count)
    {
        var pieces = (count + MostValues - 1) / MostValues;
        var size = (count / Math.Max(1, pieces) + FlatParameters.Alignment) / FlatParameters.Alignment * FlatParameters.Alignment;
        for (long offset = 0; offset < count; offset += size)
            yield return new FlatPiece(parameter, offset, start + offset, (int)Math.Min(size, count - offset));
    }
}
