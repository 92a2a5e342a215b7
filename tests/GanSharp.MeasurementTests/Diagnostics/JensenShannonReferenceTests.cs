using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Divergences;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class JensenShannonReferenceTests(ITestOutputHelper output)
{
    [Fact]
    public void Quadrature_agrees_with_the_reference_at_every_prior_to_1e_9()
    {
        foreach (var pair in ReferencePairs.OnTheLine())
            using (pair)
                foreach (var (share, expected) in new[] { (0.5, pair.Js), (0.25, pair.Js25), (0.1, pair.Js10) }.Where(one => !double.IsNaN(one.Item2)))
                {
                    JensenShannon.Quadrature(pair.Data, pair.Generator, share).Should().BeApproximately(expected, 1e-9, pair.Name);
                    // The weight goes with the density and not with its place.
                    JensenShannon.Quadrature(pair.Generator, pair.Data, 1 - share).Should().BeApproximately(expected, 1e-9, pair.Name);
                }
    }

    [Fact]
    public void Monte_Carlo_agrees_within_four_standard_errors_for_20_pairs_in_1_to_100_dimensions()
    {
        // At a shift of 8 what ln 2 lacks rests on one sample in ten thousand: no standard error of 15,000 samples knows it.
        ReferencePairs.Pair[] pairs = [.. ReferencePairs.OnTheLine().Where(pair => pair.Js < 0.693), .. ReferencePairs.InMoreDimensions()];
        pairs.Should().HaveCount(20);
        foreach (var (index, pair) in pairs.Index())
            using (pair)
            {
                var estimate = JensenShannon.MonteCarlo(pair.Data, pair.Generator, samples: 15_000, seed: index);
                var standardError = (estimate.Upper - estimate.Lower) / 2 / 1.959963984540054;
                output.WriteLine($"{pair.Name}: {estimate}, {(estimate.Value - pair.Js) / standardError:0.0} standard errors off");

                estimate.Value.Should().BeApproximately(pair.Js, 4 * standardError, pair.Name);
                // Keeps the tolerance from being met by being wide; that the standard error is right is tested below.
                standardError.Should().BeLessThan(0.5 / Math.Sqrt(15_000), pair.Name);
                estimate.SampleCount.Should().Be(15_000);
            }
    }

    [Fact]
    public void Monte_Carlo_draws_both_sides_independently()
    {
        using var data = Mixtures.Normal();
        using var same = Mixtures.Normal();
        using var generator = Mixtures.Normal(1);
        var repeats = Enumerable.Range(0, 200).Select(seed => JensenShannon.MonteCarlo(data, generator, samples: 200, seed)).ToArray();
        var spread = Math.Sqrt(repeats.Average(one => Math.Pow(one.Value - 0.11142148218474, 2)));
        var claimed = repeats.Average(one => one.Upper - one.Lower) / 2 / 1.959963984540054;

        // Common draws of both sides would halve or double the spread; 200 repeats know it to 5%.
        (spread / claimed).Should().BeInRange(0.8, 1.2);
        JensenShannon.MonteCarlo(data, same, samples: 100).Value.Should().BeApproximately(0, 1e-15);
        JensenShannon.MonteCarlo(data, generator, samples: 200, seed: 5).Should().Be(JensenShannon.MonteCarlo(data, generator, samples: 200, seed: 5));
    }

    [Theory]
    [InlineData(1, 0.25, 0.085449386661173)]
    [InlineData(1, 0.1, 0.042742269513569)]
    [InlineData(2, 0.25, 0.26565330725891)]
    [InlineData(3, 0.1, 0.23576509449502)]
    public void The_bound_at_the_optimum_is_the_divergence_of_its_prior_whatever_the_batch_sizes(double shift, double share, double expected)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(shift, 1, real: 40_000, fake: 15_000);

        var bound = JensenShannon.Bound(real, fake, share);

        bound.Value.Should().BeApproximately(expected, 2 * (bound.Upper - bound.Value));
        (bound.Upper - bound.Value).Should().BeInRange(0.0003, 0.005);
        // Another weight than the truth's is another D: lower.
        var prior = Math.Log(share / (1 - share));
        JensenShannon.Bound(real - prior, fake - prior, share).Value.Should().BeLessThan(bound.Lower);
    }

    [Fact]
    public void The_bound_saturates_at_the_entropy_of_the_prior()
    {
        using var scope = NewDisposeScope();
        var entropy = -0.25 * Math.Log(0.25) - 0.75 * Math.Log(0.75);

        JensenShannon.Bound(full(100, 1e4), full(50, -1e4), 0.25).Value.Should().BeApproximately(entropy, 1e-15);
        JensenShannon.Bound(zeros(100), zeros(50), 0.25).Value.Should().BeApproximately(0, 1e-15);
        using var here = Mixtures.Normal();
        using var far = Mixtures.Normal(40);
        JensenShannon.Quadrature(here, far, 0.25).Should().BeApproximately(entropy, 1e-12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_prior_that_leaves_one_class_empty_is_refused(double share)
    {
        using var data = Mixtures.Normal();
        var bound = () => JensenShannon.Bound(zeros(5), zeros(5), share);
        var quadrature = () => JensenShannon.Quadrature(data, data, share);

        bound.Should().Throw<ArgumentOutOfRangeException>().WithMessage("realShare must lie between 0 and 1, both excluded.*");
        quadrature.Should().Throw<ArgumentOutOfRangeException>().WithMessage("realShare must lie between 0 and 1, both excluded.*");
    }

    [Fact]
    public void Densities_of_different_dimensions_are_refused()
    {
        using var line = Mixtures.Normal();
        using var plane = Mixtures.Ring();
        var estimate = () => JensenShannon.MonteCarlo(line, plane);

        estimate.Should().Throw<ArgumentException>().WithMessage("generator must have the data's dimension 1 but has 2.*");
    }
}
