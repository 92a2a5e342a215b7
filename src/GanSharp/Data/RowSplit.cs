namespace GanSharp.Data;

/// <summary>Which rows of a data set are held out: the first ones in a random order.</summary>
/// <param name="Order">All rows in that order.</param>
/// <param name="HeldOut">How many of its first rows are held out.</param>
/// <param name="Total">All rows.</param>
internal sealed record RowSplit(RandomOrder Order, long HeldOut, long Total)
{
    /// <param name="name">The data set's name in the error.</param>
    /// <param name="total">All rows.</param>
    /// <param name="heldOutFraction">Share to hold out, in (0, 1); at least one row stays on each side.</param>
    /// <param name="seed">Determines which rows.</param>
    /// <exception cref="InvalidOperationException">There are fewer than two rows.</exception>
    public static RowSplit Create(string name, long total, double heldOutFraction, long seed)
    {
        if (total < 2)
            throw new InvalidOperationException($"'{name}' has {total} sample(s); a split needs at least 2.");
        return new RowSplit(RandomOrder.Create(total, seed, "held-out split"), Math.Clamp((long)Math.Round(total * heldOutFraction), 1, total - 1), total);
    }

    public long[] HeldOutRows() => Order.Slice(0, HeldOut);

    public long[] TrainingRows() => Order.Slice(HeldOut, Total - HeldOut);
}
