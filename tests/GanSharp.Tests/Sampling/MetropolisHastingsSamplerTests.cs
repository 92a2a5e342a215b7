using FluentAssertions;
using GanSharp.Networks;
using GanSharp.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Sampling;

public sealed class MetropolisHastingsSamplerTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-30)]
    public void Chains_reach_the_data_from_anywhere_when_the_ratio_is_exact_up_to_a_constant(double constant)
    {
        using var scope = NewDisposeScope();
        using var line = new NormalLine();
        // r_max = 2, so that 20 steps leave at most one start in a million.
        var sampler = new MetropolisHastingsSampler(line.Proposal(constant), chainLength: 20);

        var accepted = sampler.Sample(full([20_000, 1], 3f), seed: 1);

        NormalLine.KolmogorovSmirnov(accepted.Samples).Should().BeLessThan(1.95);
        accepted.Samples.to(ScalarType.Float64).var().item<double>().Should().BeApproximately(1, 0.03);
    }

    [Fact]
    public void Chains_that_start_at_real_samples_accept_as_often_as_theory_says()
    {
        using var scope = NewDisposeScope();
        using var line = new NormalLine();

        var accepted = new MetropolisHastingsSampler(line.Proposal(), chainLength: 20).Sample(line.Data.Draw(5, 0, 10_000).Samples);

        // E min(1, r(x′)/r(x)) = 2 P(|x| > |x′|) for x of N(0, 1) and x′ of N(0, 4), because r falls with |x|; x′/2x is a Cauchy variable.
        accepted.AcceptanceRate.Should().BeApproximately(4 / Math.PI * Math.Atan(0.5), 0.005);
    }

    [Fact]
    public void A_chain_that_stays_at_its_start_is_run_again_so_that_no_real_sample_passes_for_a_generated_one()
    {
        using var scope = NewDisposeScope();
        using var line = new NormalLine();
        var real = line.Data.Draw(5, 0, 40_000).Samples;

        var accepted = new MetropolisHastingsSampler(line.Proposal(), chainLength: 1).Sample(real);

        accepted.Samples.ne(real).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void A_start_that_nothing_can_beat_is_never_returned()
    {
        using var scope = NewDisposeScope();
        using var generator = new AffineGenerator(0, 1);
        var sampler = new MetropolisHastingsSampler(new(generator, samples => where(samples.squeeze(1) > 50, tensor(1e6), tensor(0.0))), chainLength: 5);

        var accepted = sampler.Sample(full([200, 1], 100f));

        accepted.Samples.abs().max().item<float>().Should().BeLessThan(6);
    }

    [Fact]
    public void A_start_of_ratio_0_is_left_at_once()
    {
        using var scope = NewDisposeScope();
        using var generator = new AffineGenerator(0, 1);
        var sampler = new MetropolisHastingsSampler(
            new(generator, samples => where(samples.squeeze(1).abs() > 1, tensor(double.NegativeInfinity), tensor(0.0))), chainLength: 60);

        // N(0, 1) cut to [−1, 1].
        sampler.Sample(full([500, 1], 9f)).Samples.abs().max().item<float>().Should().BeLessThanOrEqualTo(1);
    }

    [Fact]
    public void The_same_seed_gives_the_same_samples()
    {
        using var scope = NewDisposeScope();
        using var line = new NormalLine();
        var sampler = new MetropolisHastingsSampler(line.Proposal(), chainLength: 5);
        var real = zeros(10, 1);

        sampler.Sample(real).Samples.eq(sampler.Sample(real).Samples).all().item<bool>().Should().BeTrue();
        real.eq(0).all().item<bool>().Should().BeTrue("the starts belong to the caller");
    }

    [Fact]
    public void Starts_of_another_shape_are_refused()
    {
        using var scope = NewDisposeScope();
        using var generator = new AffineGenerator(0, 1);
        var sampler = new MetropolisHastingsSampler(new(generator, samples => samples.flatten(1).sum(1)), chainLength: 5);

        FluentActions.Invoking(() => sampler.Sample(zeros(4, 2))).Should().Throw<ArgumentException>()
            .WithMessage("real must hold samples of shape [1] like the generator's but holds samples of shape [2].*");
        FluentActions.Invoking(() => sampler.Sample(zeros(4))).Should().Throw<ArgumentException>()
            .WithMessage("real must have shape [N, …] with at least 1 sample but has shape [4].*");
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        using var line = new NormalLine();
        void Once()
        {
            using var real = zeros(50, 1);
            new MetropolisHastingsSampler(line.Proposal(), chainLength: 3).Sample(real).Samples.Dispose();
        }
        Once();
        var before = LiveTensors.Settled();

        Once();

        Tensor.TotalCount.Should().Be(before);
    }
}
