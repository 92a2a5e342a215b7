using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Data;

/// <summary>
/// The whole numbers below a count in a random order, a pure function of (seed, name, index). Up to a million numbers are shuffled, which is
/// exactly uniform; beyond that a shuffle would delay the batch that needs it (ten million: half a second) and take 8 bytes per number, so each number is computed when needed.
/// </summary>
internal abstract class RandomOrder
{
    private const long MostShuffled = 1 << 20;

    /// <summary>The number at a position; both are at least 0 and below the count.</summary>
    public abstract long this[long place] { get; }

    /// <summary>The order of <paramref name="count"/> numbers, at least 1, from the <see cref="SeededRandom.Create"/> stream given by the other arguments.</summary>
    public static RandomOrder Create(long count, long seed, string name, long index = 0) =>
        count <= MostShuffled ? new Shuffle(count, seed, name, index) : new FeistelPermutation(count, SeededRandom.Mix(seed, name, index));

    /// <summary>The numbers at <paramref name="count"/> positions from <paramref name="start"/> on.</summary>
    public long[] Slice(long start, long count)
    {
        var numbers = new long[count];
        for (var index = 0L; index < count; index++)
            numbers[index] = this[start + index];
        return numbers;
    }

    private sealed class Shuffle : RandomOrder
    {
        private readonly long[] numbers;

        public Shuffle(long count, long seed, string name, long index)
        {
            using var scope = NewDisposeScope();
            using var random = SeededRandom.Create(seed, name, index);
            numbers = randperm(count, generator: random).data<long>().ToArray();
        }

        public override long this[long place] => numbers[place];
    }
}
