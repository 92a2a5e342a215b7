using FluentAssertions;
using GanSharp.Networks;
using GanSharp.Randomness;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Networks;

public sealed class LatentPriorTests
{
    private const int Count = 20_000;

    [Fact]
    public void Normal_has_mean_0_and_variance_1()
    {
        using var scope = NewDisposeScope();
        var latents = LatentPrior.Normal(4).Sample(Count, SeededRandom.Create(1, "test"));

        latents.shape.Should().Equal(Count, 4);
        latents.mean().item<float>().Should().BeApproximately(0, 0.02f);
        latents.var().item<float>().Should().BeApproximately(1, 0.03f);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1.7320508)]
    public void Uniform_fills_the_interval_up_to_its_bound(double bound)
    {
        using var scope = NewDisposeScope();
        var latents = (bound == 1 ? LatentPrior.Uniform(4) : LatentPrior.Uniform(4, bound)).Sample(Count, SeededRandom.Create(1, "test"));

        latents.min().item<float>().Should().BeInRange((float)-bound, (float)(-0.99 * bound));
        latents.max().item<float>().Should().BeInRange((float)(0.99 * bound), (float)bound);
        latents.var().item<float>().Should().BeApproximately((float)(bound * bound / 3), 0.01f * (float)(bound * bound));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(double.NaN)]
    public void A_bound_that_leaves_nothing_is_refused(double bound) =>
        FluentActions.Invoking(() => LatentPrior.Uniform(4, bound)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("bound must be finite and above 0.*");

    [Fact]
    public void Hypersphere_has_the_radius_root_of_size()
    {
        using var scope = NewDisposeScope();
        var latents = LatentPrior.Hypersphere(16).Sample(Count, SeededRandom.Create(1, "test"));

        (latents.square().sum(1).sqrt() - 4).abs().max().item<float>().Should().BeLessThan(1e-5f);
        latents.mean([0]).abs().max().item<float>().Should().BeLessThan(0.04f);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(4)]
    public void A_truncated_normal_ends_at_its_threshold_and_has_the_moments_of_the_formula(double threshold)
    {
        using var scope = NewDisposeScope();
        var latents = LatentPrior.TruncatedNormal(4, threshold).Sample(Count, SeededRandom.Create(1, "test")).to(ScalarType.Float64);

        var density = Math.Exp(-threshold * threshold / 2) / Math.Sqrt(2 * Math.PI);
        var variance = 1 - 2 * threshold * density / special.erf(tensor(threshold / Math.Sqrt(2), ScalarType.Float64)).item<double>();
        latents.abs().max().item<double>().Should().BeInRange(0.9 * threshold, threshold + 1e-6);
        latents.mean().item<double>().Should().BeApproximately(0, 4 * Math.Sqrt(variance / (4 * Count)));
        latents.var().item<double>().Should().BeApproximately(variance, 0.02 * variance);
    }

    [Fact]
    public void A_threshold_that_leaves_nothing_is_refused() =>
        FluentActions.Invoking(() => LatentPrior.TruncatedNormal(4, 0)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("threshold must be finite and above 0.*");

    [Fact]
    public void The_same_generator_state_gives_the_same_latents()
    {
        using var scope = NewDisposeScope();
        var prior = LatentPrior.Normal(3);

        var (first, second, other) = (Draw(7), Draw(7), Draw(8));

        first.equal(second).all().item<bool>().Should().BeTrue();
        first.equal(other).any().item<bool>().Should().BeFalse();
        Tensor Draw(long seed) => prior.Sample(10, SeededRandom.Create(seed, "test"));
    }

    [Fact]
    public void A_prior_of_another_size_than_the_latents_is_refused()
    {
        var make = () => new MlpGenerator(latentSize: 16, width: 8, outputSize: 2, prior: LatentPrior.Uniform(8));

        make.Should().Throw<ArgumentException>().WithMessage("prior must have the latentSize 16 but has size 8.*");
    }

    [Fact]
    public void A_latent_without_coordinates_is_refused()
    {
        var make = () => LatentPrior.Normal(0);

        make.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("size");
    }
}
