using FluentAssertions;
using GanSharp.Data;
using Xunit;

namespace GanSharp.Tests.Data;

public sealed class RandomOrderTests
{
    private const long Shuffled = 1 << 20;

    [Fact]
    public void A_keyed_order_holds_each_number_once_whatever_the_count()
    {
        foreach (var count in Enumerable.Range(1, 300).Select(count => (long)count).Concat([4_096, 4_097, 65_535]))
            new FeistelPermutation(count, key: (ulong)count).Slice(0, count).Order().Should().Equal(Numbers(count), $"{count} numbers");
    }

    [Fact]
    public void Each_number_comes_to_each_place_equally_often_over_the_keys()
    {
        const int Count = 37, Keys = 20_000;
        var (at, next) = (new int[Count * Count], new int[Count * Count]);

        foreach (var order in Enumerable.Range(0, Keys).Select(key => new FeistelPermutation(Count, (ulong)key).Slice(0, Count)))
            for (var place = 0; place < Count; place++)
            {
                at[place * Count + order[place]]++;
                next[order[place] * Count + order[(place + 1) % Count]]++;
            }

        // 36 × 36 cells are free; a pair of neighbors excludes the diagonal.
        Deviation(at, Keys / (double)Count, freedom: (Count - 1) * (Count - 1)).Should().BeInRange(-4, 4);
        var pairs = next.Where((_, cell) => cell / Count != cell % Count).ToArray();
        Deviation(pairs, Keys / (Count - 1.0), freedom: (Count - 1) * (Count - 1) - Count).Should().BeInRange(-4, 4);
    }

    [Fact]
    public void A_batch_of_billions_of_rows_is_spread_evenly_and_neighbors_are_unrelated()
    {
        const long Count = 30_000_000_011;
        const int Drawn = 100_000, Bins = 20;
        var order = new FeistelPermutation(Count, key: 5);
        var bins = order.Slice(Count - Drawn, Drawn).Select(number => (int)(number * Bins / Count)).ToArray();
        var (single, pairs) = (new int[Bins], new int[Bins * Bins]);

        for (var place = 0; place < Drawn; place++)
        {
            single[bins[place]]++;
            pairs[bins[place] * Bins + bins[(place + 1) % Drawn]]++;
        }

        Deviation(single, Drawn / (double)Bins, Bins - 1).Should().BeInRange(-4, 4);
        Deviation(pairs, Drawn / (double)(Bins * Bins), Bins * Bins - 1).Should().BeInRange(-4, 4);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(Shuffled + 1)]
    public void Orders_of_other_seeds_names_and_indices_have_nothing_in_common(long count)
    {
        long[][] orders = [.. new[] { (0, "a", 0), (0, "a", 1), (1, "a", 0), (0, "b", 0) }.Select(order => RandomOrder.Create(count, order.Item1, order.Item2, order.Item3).Slice(0, 1_000))];

        foreach (var (one, other) in orders.SelectMany((one, index) => orders.Skip(index + 1).Select(other => (one, other))))
            one.Zip(other).Count(pair => pair.First == pair.Second).Should().BeLessThan(8, "one agreement is expected");
        RandomOrder.Create(count, 0, "a").Slice(0, 1_000).Should().Equal(orders[0]);
    }

    [Fact]
    public void A_million_numbers_are_shuffled_and_more_are_computed()
    {
        RandomOrder.Create(Shuffled, 0, "a").Should().NotBeOfType<FeistelPermutation>();
        var order = RandomOrder.Create(Shuffled + 1, 0, "a");

        order.Should().BeOfType<FeistelPermutation>();
        var seen = new bool[Shuffled + 1];
        for (var place = 0L; place <= Shuffled; place++)
            seen[order[place]] = true;
        seen.Should().NotContain(false);
    }

    [Fact]
    public void A_draw_over_the_end_of_an_epoch_goes_on_in_the_next()
    {
        var order = new EpochOrder(5);

        var whole = order.Rows(3, 0, 20);

        foreach (var epoch in whole.Chunk(5))
            epoch.Order().Should().Equal(0, 1, 2, 3, 4);
        order.Rows(3, 4, 12).Should().Equal(whole[4..16]);
        order.Rows(4, 0, 20).Should().NotEqual(whole);
    }

    private static IEnumerable<long> Numbers(long count) => Enumerable.Range(0, (int)count).Select(number => (long)number);

    /// <summary>Pearson's χ² in standard deviations from its mean.</summary>
    private static double Deviation(int[] counts, double expected, int freedom) =>
        (counts.Sum(count => (count - expected) * (count - expected) / expected) - freedom) / Math.Sqrt(2.0 * freedom);
}
