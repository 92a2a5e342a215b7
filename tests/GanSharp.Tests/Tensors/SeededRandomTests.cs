using FluentAssertions;
using GanSharp.Randomness;
using Xunit;

namespace GanSharp.Tests.Tensors;

public sealed class SeededRandomTests
{
    [Fact]
    public void A_stream_is_determined_by_seed_name_and_index_together()
    {
        var streams = from seed in new long[] { -1, 0, 1, 2 } from name in new[] { "a", "b", "ab" } from index in new long[] { 0, 1, 2, 1L << 40 } select SeededRandom.Mix(seed, name, index);

        streams.Should().OnlyHaveUniqueItems();
        SeededRandom.Mix(1, "a", 2).Should().Be(SeededRandom.Mix(1, "a", 2));
    }

    [Fact]
    public void Streams_of_neighboring_seeds_are_unrelated()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var draws = Enumerable.Range(0, 200).Select(seed => TorchSharp.torch.rand(1, generator: SeededRandom.Create(seed, "test")).item<float>()).ToArray();

        // Mean and lag-1 correlation of independent uniforms, within four standard errors.
        draws.Average().Should().BeApproximately(0.5f, 4 * 0.2887f / MathF.Sqrt(200));
        draws.Zip(draws.Skip(1), (a, b) => (a - 0.5f) * (b - 0.5f)).Average().Should().BeApproximately(0, 4f / 12 / MathF.Sqrt(199));
    }
}
