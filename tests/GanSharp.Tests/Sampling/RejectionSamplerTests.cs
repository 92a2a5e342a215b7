using FluentAssertions;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Sampling;

public sealed class RejectionSamplerTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-30)]
    public void The_exact_ratio_up_to_a_constant_turns_a_wide_normal_into_the_data_and_accepts_half(double constant)
    {
        using var scope = NewDisposeScope();
        using var line = new NormalLine();
        var sampler = new RejectionSampler(line.Proposal(constant));

        var accepted = sampler.Sample(50_000, seed: 1);

        // r_max = 2 at x = 0.
        sampler.LogRatioMaximum.Should().BeApproximately(Math.Log(2) + constant, 1e-5);
        sampler.ExpectedAcceptanceRate.Should().BeApproximately(0.5, 0.01);
        accepted.AcceptanceRate.Should().BeApproximately(0.5, 0.006);
        accepted.Samples.shape.Should().Equal(50_000, 1);
        NormalLine.KolmogorovSmirnov(accepted.Samples).Should().BeLessThan(1.95);
        accepted.Samples.to(ScalarType.Float64).var().item<double>().Should().BeApproximately(1, 0.02);
    }

    [Fact]
    public void A_percentile_accepts_more_and_corrects_less()
    {
        using var scope = NewDisposeScope();
        using var line = new NormalLine();
        var shifted = new RejectionSampler(line.Proposal(), percentile: 30);

        var accepted = shifted.Sample(20_000);

        // 7 in 10 have a chance above one half.
        shifted.ExpectedAcceptanceRate.Should().BeGreaterThan(0.6);
        accepted.AcceptanceRate.Should().BeApproximately(shifted.ExpectedAcceptanceRate, 0.01);
        accepted.Samples.to(ScalarType.Float64).var().item<double>().Should().BeInRange(1.1, 3.9);
        new RejectionSampler(line.Proposal(), percentile: 95).ExpectedAcceptanceRate.Should().BeLessThan(0.5);
    }

    [Fact]
    public void The_sample_at_the_percentile_is_accepted_half_of_the_time()
    {
        using var scope = NewDisposeScope();
        using var generator = new AffineGenerator(0, 1);
        // Ratios of 1 for two samples in three and 0.1 for the rest: γ is the log odds of 0.1, so that those are accepted with ½ and the others nearly always.
        var sampler = new RejectionSampler(new(generator, samples => where(samples.squeeze(1) < 0.43072, tensor(0.0), tensor(Math.Log(0.1)))), percentile: 20);

        sampler.Shift.Should().BeApproximately(Math.Log(0.1 / 0.9), 1e-6);
        sampler.ExpectedAcceptanceRate.Should().BeApproximately(2 / 3.0 + 0.5 / 3, 0.02);
    }

    [Fact]
    public void The_same_seed_gives_the_same_samples_and_another_others()
    {
        using var scope = NewDisposeScope();
        using var line = new NormalLine();
        var sampler = new RejectionSampler(line.Proposal(), burnIn: 100);

        var first = sampler.Sample(50).Samples;

        sampler.Sample(50).Samples.eq(first).all().item<bool>().Should().BeTrue();
        sampler.Sample(50, seed: 1).Samples.eq(first).any().item<bool>().Should().BeFalse();
    }

    [Fact]
    public void A_ratio_that_would_accept_next_to_nothing_is_refused_with_the_way_out()
    {
        using var generator = new AffineGenerator(0, 1);
        var sampler = () => new RejectionSampler(new(generator, samples => samples.squeeze(1) * 100));

        sampler.Should().Throw<DiagnosticRefusedException>().WithMessage("Only * of the generator's samples would be accepted, less than one in 1000: "
            + "the largest log ratio * stands far above the rest. Calibrate the discriminator (PlattScaling), give a percentile, such as 90, or use the MetropolisHastingsSampler.");
        var nothing = () => new RejectionSampler(new(generator, samples => full(samples.shape[0], double.NegativeInfinity)));
        nothing.Should().Throw<DiagnosticRefusedException>().WithMessage("All 10000 samples of the burn-in have the ratio 0: *");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(double.NaN)]
    public void A_percentile_that_is_none_is_refused(double percentile)
    {
        using var line = new NormalLine();
        var sampler = () => new RejectionSampler(line.Proposal(), percentile);

        sampler.Should().Throw<ArgumentOutOfRangeException>().WithMessage("percentile must lie between 0 and 100, both excluded, or be null for exact rejection.*");
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        using var line = new NormalLine();
        void Once() => new RejectionSampler(line.Proposal(), percentile: 90, burnIn: 2_000).Sample(300).Samples.Dispose();
        Once();
        var before = LiveTensors.Settled();

        Once();

        Tensor.TotalCount.Should().Be(before);
    }
}
