using FluentAssertions;
using GanSharp.Divergences;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class ValueFunctionTests
{
    [Fact]
    public void At_equal_shares_the_weighted_value_of_equation_9_is_half_of_equation_11()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(1, 1, real: 100, fake: 70);

        ValueFunction.Of(real, fake, realShare: 0.5).Should().BeApproximately(ValueFunction.Of(real, fake) / 2, 1e-15);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.8)]
    public void It_is_the_weighted_cross_entropy_of_the_logit_that_the_prior_is_added_to(double share)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(1, 1, real: 100, fake: 70);
        double Probability(double logRatio) => share * Math.Exp(logRatio) / (share * Math.Exp(logRatio) + 1 - share);

        var expected = share * real.data<double>().Average(l => Math.Log(Probability(l))) + (1 - share) * fake.data<double>().Average(l => Math.Log(1 - Probability(l)));

        ValueFunction.Of(real, fake, share).Should().BeApproximately(expected, 1e-12);
        // Equation 5 undoes equation 4: a D trained with this prior has the logit l + ln(π / (1 − π)).
        var prior = Math.Log(share / (1 - share));
        ValueFunction.Of(DensityRatio.Log(real + prior, share), DensityRatio.Log(fake + prior, share), share).Should().BeApproximately(expected, 1e-12);
    }

    [Fact]
    public void More_samples_of_one_class_weigh_no_more()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(1, 1, real: 100, fake: 70);

        ValueFunction.Of(real, cat([fake, fake, fake]), 0.25).Should().BeApproximately(ValueFunction.Of(real, fake, 0.25), 1e-14);
    }

    [Fact]
    public void A_discriminator_that_knows_only_the_prior_has_minus_its_entropy()
    {
        using var scope = NewDisposeScope();

        ValueFunction.Of(zeros(10), zeros(10), 0.25).Should().BeApproximately(0.25 * Math.Log(0.25) + 0.75 * Math.Log(0.75), 1e-15);
    }
}
