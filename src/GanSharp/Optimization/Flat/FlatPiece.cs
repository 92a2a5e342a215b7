namespace GanSharp.Optimization.Flat;

/// <summary>What one thread takes at a time of a pass: part of one parameter.</summary>
/// <param name="Parameter">Index of the parameter in <see cref="FlatParameters.Layout"/>.</param>
/// <param name="Offset">Values of the parameter that come before; a multiple of <see cref="FlatParameters.Alignment"/>.</param>
/// <param name="Start">Where it begins in the flat buffer.</param>
/// <param name="Count">Number of values, padding excluded.</param>
internal readonly record struct FlatPiece(int Parameter, long Offset, long Start, int Count)
{
    // Few enough that all threads finish together, enough that taking them costs nothing.
    private const int MostValues = 64 * 1_024;

    /// <summary>Cuts a parameter into pieces of about equal size; one that is worth two threads into two at least.</summary>
    /// <param name="parameter">Its index.</param>
    /// <param name="start">Where it begins in the flat buffer.</param>
    /// <param name="count">Number of its values.</param>
    public static IEnumerable<FlatPiece> Cut(int parameter, long start, long count)
    {
        var pieces = Math.Max((count + MostValues - 1) / MostValues, Math.Min(2, count / FlatPass.FewestValuesAThread));
        var size = (count / Math.Max(1, pieces) + FlatParameters.Alignment) / FlatParameters.Alignment * FlatParameters.Alignment;
        for (long offset = 0; offset < count; offset += size)
            yield return new FlatPiece(parameter, offset, start + offset, (int)Math.Min(size, count - offset));
    }
}
