using GanSharp.Randomness;

namespace GanSharp.Data;

/// <summary>
/// A pseudo-random permutation of the numbers below a count, without memory: a Feistel network over pairs (left, right), whose rounds shift one
/// half by a hash of the other and so are invertible, whatever the hash. Where there are more pairs than numbers, the network is applied again to
/// results out of range (cycle walking), which keeps it a permutation (Black and Rogaway 2002).
/// </summary>
internal sealed class FeistelPermutation : RandomOrder
{
    // Four rounds make a pseudo-random permutation for an observer of a few values (Luby and Rackoff 1988), but an epoch shows all of them: in orders of
    // 37 numbers, neighbors are uneven after four rounds (χ² is off by 130 standard deviations) and after six (by 4), and like a shuffle's after eight.
    private const int Rounds = 8;
    private readonly long count, lefts, rights;
    private readonly ulong[] keys;

    public FeistelPermutation(long count, ulong key)
    {
        this.count = count;
        // As close to square as possible, so that at most one pair in √count is out of range.
        lefts = (long)Math.Ceiling(Math.Sqrt(count));
        rights = (count + lefts - 1) / lefts;
        keys = [.. Enumerable.Range(0, Rounds).Select(round => SeededRandom.Scramble(key + (ulong)round))];
    }

    public override long this[long place]
    {
        get
        {
            do
            {
                var (left, right) = Math.DivRem(place, rights);
                for (var round = 0; round < Rounds; round += 2)
                {
                    left = Shift(left, lefts, keys[round] + (ulong)right);
                    right = Shift(right, rights, keys[round + 1] + (ulong)left);
                }
                place = left * rights + right;
            }
            while (place >= count);
            return place;
        }
    }

    /// <summary>(value + hash) mod modulus, where the hash is reduced below the modulus by a multiplication, which is faster than a division.</summary>
    private static long Shift(long value, long modulus, ulong input)
    {
        var shifted = value + (long)Math.BigMul(SeededRandom.Scramble(input), (ulong)modulus, out _);
        return shifted < modulus ? shifted : shifted - modulus;
    }
}
