using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics.Memorization;

/// <summary>What tests/peers/memorization_reference.py computed, and its features.</summary>
internal sealed record MemorizationReference(
    long Seed, int Generated, int Real, int Size, double Grid, int Copies, int Neighbors, long[] Indexes, double[] Distances, double Share, double Lower, double Upper)
{
    private static readonly File Values = Fixture.Read<File>("Metrics/Memorization", "memorization.json");

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Values.Cases.Length)];

    public static MemorizationReference At(int index) => Values.Cases[index];

    public (Tensor Generated, Tensor Training, Tensor HeldOut) Features()
    {
        var (generated, training) = (Draw(Seed, Generated), Draw(Seed + 100, Real));
        return (cat([training.narrow(0, 0, Copies), generated.narrow(0, Copies, Generated - Copies)]), training, Draw(Seed + 200, Real));
    }

    private Tensor Draw(long seed, int count)
    {
        var x = tensor(Fixture.Numbers(seed).Chunk(4).Take(count * Size).Select(draws => draws.Sum(draw => draw / (double)(1L << 31)) - 2).ToArray(), [count, Size]);
        return Grid > 0 ? (x / Grid).round() * Grid : x;
    }

    private sealed record File(MemorizationReference[] Cases);
}
