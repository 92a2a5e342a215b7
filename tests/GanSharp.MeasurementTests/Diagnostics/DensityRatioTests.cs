using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Divergences;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class DensityRatioTests
{
    [Fact]
    public void The_log_ratio_of_two_normals_is_the_known_line()
    {
        using var scope = NewDisposeScope();
        using var data = Mixtures.Normal(1);
        using var generator = Mixtures.Normal(0);
        var points = linspace(-5, 5, 11, float64).unsqueeze(1);

        var ratio = DensityRatio.Log(data, generator, points);

        (ratio - (points.squeeze(1) - 0.5)).abs().max().item<double>().Should().BeLessThan(1e-12);
    }

    [Fact]
    public void A_prior_other_than_one_half_is_taken_out_of_the_logit()
    {
        using var scope = NewDisposeScope();
        // Equation 5: p(y=1|x)/p(y=0|x) = r·π/(1−π), so a logit of ln 3 at π = ¾ means r = 1.
        DensityRatio.Log(tensor(new[] { Math.Log(3) }), realShare: 0.75).item<double>().Should().BeApproximately(0, 1e-15);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_share_that_leaves_one_class_empty_is_refused(double share)
    {
        var log = () => DensityRatio.Log(zeros(1), share);

        log.Should().Throw<ArgumentOutOfRangeException>().WithMessage("realShare must lie between 0 and 1, both excluded.*");
    }

    [Fact]
    public void The_value_function_at_the_optimum_is_twice_the_divergence_less_2_ln_2()
    {
        using var scope = NewDisposeScope();
        using var data = Mixtures.Normal();
        using var generator = Mixtures.Normal(2);
        var (real, fake) = (data.Draw(1, 0, 200_000).Samples, generator.Draw(2, 0, 200_000).Samples);

        var value = ValueFunction.Of(DensityRatio.Log(data, generator, real), DensityRatio.Log(data, generator, fake));

        value.Should().BeApproximately(2 * 0.3368308203 - 2 * Math.Log(2), 0.005);
    }
}
