using FluentAssertions;
using GanSharp.Data;
using GanSharp.Diagnostics;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class FiniteSampleBoundTests
{
    [Fact]
    public void It_lies_below_the_divergence_even_in_small_samples_of_skewed_logits()
    {
        // N(3, 1) against N(0, 1): most terms are nearly ln 2 and a few are far below.
        var misses = Enumerable.Range(0, 400).Count(repetition =>
        {
            using var scope = NewDisposeScope();
            var (real, fake) = LogRatios(3, 100, repetition);
            return FiniteSampleBound.JensenShannon(real, fake) > 0.5267773065;
        });

        misses.Should().BeLessThanOrEqualTo(20, "it fails at most once in twenty");
    }

    [Fact]
    public void It_is_wider_than_the_normal_interval_and_tight_in_large_samples()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = LogRatios(1, 200_000, seed: 1);

        var bound = FiniteSampleBound.JensenShannon(real, fake);

        bound.Should().BeLessThan(JensenShannon.Bound(real, fake).Lower);
        bound.Should().BeApproximately(0.1114214822, 0.005);
    }

    [Fact]
    public void Logits_that_are_right_and_endless_certify_nearly_ln_2_and_one_mistake_costs_little()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = (full(10_000, 1e6, ScalarType.Float64), full(10_000, -1e6, ScalarType.Float64));
        FiniteSampleBound.JensenShannon(real, fake).Should().BeInRange(JensenShannon.Maximum - 0.015, JensenShannon.Maximum);

        real[0] = -1e6;

        FiniteSampleBound.JensenShannon(real, fake).Should().BeInRange(JensenShannon.Maximum - 0.02, JensenShannon.Maximum);
    }

    private static (Tensor Real, Tensor Fake) LogRatios(double shift, int count, long seed)
    {
        using var data = Mixtures.Normal();
        using var generator = Mixtures.Normal(shift);
        return (DensityRatio.Log(data, generator, data.Draw(seed, 0, count).Samples), DensityRatio.Log(data, generator, generator.Draw(seed + 1_000_000, 0, count).Samples));
    }
}
