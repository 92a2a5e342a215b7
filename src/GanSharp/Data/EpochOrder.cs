namespace GanSharp.Data;

/// <summary>The endless shuffled sequence over a finite number of rows: each epoch visits each row once, in a different order.</summary>
internal sealed class EpochOrder(long rows)
{
    private (long Seed, long Epoch, RandomOrder Order)? latest;

    /// <summary>Row numbers at [position, position + count) of the sequence that <paramref name="seed"/> determines.</summary>
    public long[] Rows(long seed, long position, int count)
    {
        var drawn = new long[count];
        var (epoch, place) = Math.DivRem(position, rows);
        var order = Epoch(seed, epoch);
        for (var index = 0; index < count; index++)
        {
            if (place == rows)
                (order, place) = (Epoch(seed, ++epoch), 0);
            drawn[index] = order[place++];
        }
        return drawn;
    }

    private RandomOrder Epoch(long seed, long epoch)
    {
        if (latest is { } known && known.Seed == seed && known.Epoch == epoch)
            return known.Order;
        var order = RandomOrder.Create(rows, seed, "data order", epoch);
        latest = (seed, epoch, order);
        return order;
    }
}
