using FluentAssertions;
using GanSharp.Divergences;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

/// <summary>What has to hold between the columns of the table, whatever the row.</summary>
public sealed class FDivergenceTableTests
{
    public static readonly TheoryData<FDivergence> Rows = new(
        FDivergence.KullbackLeibler, FDivergence.ReverseKullbackLeibler, FDivergence.Jeffreys, FDivergence.PearsonChiSquared, FDivergence.NeymanChiSquared,
        FDivergence.SquaredHellinger, FDivergence.TotalVariation, FDivergence.JensenShannon,
        FDivergence.Alpha(1.5), FDivergence.Alpha(3), FDivergence.Alpha(-1), FDivergence.Alpha(0.5));

    private static Tensor LogRatios => linspace(-3, 3, 60, ScalarType.Float64);

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_generator_is_0_at_1_and_its_slope_is_its_derivative(FDivergence divergence)
    {
        using var scope = NewDisposeScope();
        var ratios = LogRatios.exp();
        const double Step = 1e-6;

        divergence.Generator(ones(1)).item<double>().Should().Be(0);
        Largest((divergence.Generator(ratios + Step) - divergence.Generator(ratios - Step)) / (2 * Step) - divergence.Slope(LogRatios)).Should().BeLessThan(1e-5);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Fenchel_s_inequality_is_an_equality_at_the_slope(FDivergence divergence)
    {
        using var scope = NewDisposeScope();
        var (ratios, slopes) = (LogRatios.exp(), divergence.Slope(LogRatios));

        Largest((divergence.Generator(ratios) + divergence.Conjugate(slopes) - ratios * slopes) / (1 + (ratios * slopes).abs())).Should().BeLessThan(1e-12);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_conjugate_is_the_supremum_and_infinite_beyond_its_domain(FDivergence divergence)
    {
        using var scope = NewDisposeScope();
        // From slopes that no u has to those of u = 40, against all u from 1e-8 to 1e4.
        var slopes = cat([linspace(-4, -0.1, 20, ScalarType.Float64), divergence.Slope(linspace(-1, Math.Log(40), 20, ScalarType.Float64))]);
        // 60,001 points put one at u = 1, where the total variation's kink is.
        var ratios = logspace(-8, 4, 60_001, dtype: ScalarType.Float64).unsqueeze(1);
        var supremum = (ratios * slopes - divergence.Generator(ratios)).max(0).values;

        Largest((divergence.Conjugate(slopes) - supremum) / (1 + supremum.abs())).Should().BeLessThan(1e-4);
        if (double.IsFinite(divergence.ConjugateDomainEnd))
            divergence.Conjugate(tensor(divergence.ConjugateDomainEnd + 1e-9)).item<double>().Should().Be(double.PositiveInfinity);
        double.IsFinite(divergence.Conjugate(tensor(Math.Min(divergence.ConjugateDomainEnd, 5) - 1e-9)).item<double>()).Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_activation_rises_and_stays_in_the_conjugate_s_domain(FDivergence divergence)
    {
        using var scope = NewDisposeScope();
        var outputs = divergence.OutputActivation(linspace(-12, 12, 200, ScalarType.Float64));

        outputs.diff().min().item<double>().Should().BePositive();
        outputs.max().item<double>().Should().BeLessThanOrEqualTo(divergence.ConjugateDomainEnd);
        divergence.Conjugate(outputs).isfinite().all().item<bool>().Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Estimate_and_bound_average_what_generator_and_conjugate_say(FDivergence divergence)
    {
        using var scope = NewDisposeScope();
        // Large enough a sample, with ratios near enough to 1, that nothing is refused.
        var (real, fake) = ShiftedNormals.LogRatios(0.3, 2_000);
        // f with its slope at 1 taken out is 0 at 1 with slope 0.
        var slopeAtOne = divergence.Slope(zeros(1)).item<double>();
        double PlugIn(Tensor l) => (2 * (divergence.Generator(l.exp()) - slopeAtOne * l.expm1()) / (1 + l.exp())).mean().item<double>();

        divergence.PlugIn(real, fake).Value.Should().BeApproximately((PlugIn(real) + PlugIn(fake)) / 2, 1e-12);
        divergence.LowerBound(real, fake).Value.Should().BeApproximately(
            (divergence.Slope(real).mean() - divergence.Conjugate(divergence.Slope(fake)).mean()).item<double>(), 1e-12);
    }

    [Fact]
    public void The_bound_of_Jensen_Shannon_is_the_one_that_the_discriminator_s_value_gives()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(1, 500);

        FDivergence.JensenShannon.LowerBound(real * 2, fake * 2).Value.Should().BeApproximately(JensenShannon.Bound(real * 2, fake * 2).Value, 1e-13);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Alpha_0_and_1_are_refused_with_their_names(double alpha)
    {
        var make = () => FDivergence.Alpha(alpha);

        make.Should().Throw<ArgumentOutOfRangeException>().WithMessage("alpha must be finite and neither 0 (take ReverseKullbackLeibler) nor 1 (take KullbackLeibler).*");
    }

    private static double Largest(Tensor errors) => errors.abs().max().item<double>();
}
