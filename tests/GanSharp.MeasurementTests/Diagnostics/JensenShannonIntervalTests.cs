using FluentAssertions;
using GanSharp.Divergences;
using GanSharp.Estimates;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class JensenShannonIntervalTests(ITestOutputHelper output)
{
    [Fact]
    public void Pairs_of_one_label_have_the_interval_of_pairs()
    {
        using var scope = NewDisposeScope();
        // One class that G makes perfectly, and one that D tells apart: what D says of a pair is the same twice.
        var easy = (arange(1_000, ScalarType.Float64) % 2) * 6;

        var (apart, paired) = (JensenShannon.Bound(easy, -easy), JensenShannon.Bound(easy, -easy, arePairs: true));

        paired.Value.Should().BeApproximately(apart.Value, 1e-12);
        ((paired.Upper - paired.Lower) / (apart.Upper - apart.Lower)).Should().BeApproximately(Math.Sqrt(2), 1e-9);
        FluentActions.Invoking(() => JensenShannon.Bound(easy, easy.narrow(0, 0, 10), arePairs: true)).Should().Throw<ArgumentException>().WithMessage("Pairs need as many generated samples as real ones*");
    }

    [Theory]
    [InlineData(0.5, 500, 500, 0.5, 0.030311300520839)]
    [InlineData(1, 300, 1_000, 0.5, 0.11142148218474)]
    [InlineData(2, 500, 500, 0.5, 0.33683082034683)]
    [InlineData(1, 500, 500, 0.25, 0.085449386661173)]
    public void The_normal_interval_covers_the_divergence_in_93_to_97_of_100_repeats(double shift, long realCount, long fakeCount, double share, double truth)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(shift, 1_000, realCount, fakeCount);

        var covered = Repeat(real, fake, (r, f) => JensenShannon.Bound(r, f, share)).Count(one => one.Lower <= truth && truth <= one.Upper) / 1_000.0;
        output.WriteLine($"{covered:0.000}");

        covered.Should().BeInRange(0.93, 0.97);
    }

    [Theory]
    [InlineData(IntervalMethod.Hoeffding)]
    [InlineData(IntervalMethod.EmpiricalBernstein)]
    public void The_finite_sample_intervals_cover_at_least_as_often_as_they_say(IntervalMethod method)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(1, 400, 100, 100);

        Repeat(real, fake, (r, f) => JensenShannon.Bound(r, f, interval: method)).Count(one => one.Lower <= 0.11142148218474 && 0.11142148218474 <= one.Upper)
            .Should().BeGreaterThanOrEqualTo(380);
    }

    [Fact]
    public void The_bootstrap_interval_is_about_the_normal_one_and_repeats_with_its_seed()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(1, 1_000);
        var (normal, bootstrap) = (JensenShannon.Bound(real, fake), JensenShannon.Bound(real, fake, interval: IntervalMethod.Bootstrap, seed: 4));

        bootstrap.Value.Should().Be(normal.Value);
        ((bootstrap.Upper - bootstrap.Lower) / (normal.Upper - normal.Lower)).Should().BeInRange(0.9, 1.1);
        JensenShannon.Bound(real, fake, interval: IntervalMethod.Bootstrap, seed: 4).Should().Be(bootstrap);
    }

    [Fact]
    public void What_holds_at_every_sample_count_is_wider_and_Bernstein_is_the_narrower_of_the_two()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(1, 2_000);
        double HalfWidth(IntervalMethod method)
        {
            var bound = JensenShannon.Bound(real, fake, interval: method);
            output.WriteLine($"{method} {bound}");
            return (bound.Upper - bound.Lower) / 2;
        }

        HalfWidth(IntervalMethod.Normal).Should().BeLessThan(0.02);
        HalfWidth(IntervalMethod.EmpiricalBernstein).Should().BeInRange(0.03, 0.08);
        // (b / 2) √((1 / 2000 + 1 / 2000) ln(2 / 0.05) / 2) at b = 6.
        HalfWidth(IntervalMethod.Hoeffding).Should().BeApproximately(3 * Math.Sqrt(1e-3 * Math.Log(40) / 2), 1e-12);
    }

    [Fact]
    public void Clipping_the_logits_lowers_the_bound_of_the_optimum_and_limits_what_one_sample_can_cost()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(3, 20_000);
        double Value(double limit) => JensenShannon.Bound(real, fake, interval: IntervalMethod.Hoeffding, logitLimit: limit).Value;
        var full = JensenShannon.Bound(real, fake).Value;

        Value(1).Should().BeLessThan(Value(3)).And.BeLessThan(full);
        Value(1e3).Should().Be(full);
        JensenShannon.Bound(TorchSharp.torch.full(5, -1e6), zeros(5), interval: IntervalMethod.Hoeffding, logitLimit: 4).Value
            .Should().BeApproximately(Math.Log(2) / 2 - (4 + Math.Log(1 + Math.Exp(-4))) / 2, 1e-12);
    }

    [Fact]
    public void No_wrong_discriminator_claims_more_than_the_truth_oftener_than_its_interval_allows()
    {
        using var scope = NewDisposeScope();
        const int Repeats = 200;
        var (real, fake) = ShiftedNormals.LogRatios(1, Repeats, 300, 300, seed: 2);
        foreach (var (scale, shift) in new[] { (1.0, 0.0), (0.5, 0), (1.5, 0), (1, 0.3), (1, -0.3), (2, 0.5) })
        {
            var above = Repeat(real * scale + shift, fake * scale + shift, (r, f) => JensenShannon.Bound(r, f)).Count(one => one.Lower > 0.11142148218474);

            // 2.5% of 200 and four standard errors of 2.2.
            above.Should().BeLessThanOrEqualTo(13, $"scale {scale}, shift {shift}");
        }
    }

    [Fact]
    public void Saturated_means_that_even_the_lower_end_reaches_nine_tenths_of_ln_2()
    {
        JensenShannon.IsSaturated(new Estimate(0.65, 0.9 * Math.Log(2), 0.68, 100)).Should().BeTrue();
        JensenShannon.IsSaturated(new Estimate(0.65, 0.9 * Math.Log(2) - 1e-9, 0.68, 100)).Should().BeFalse();
    }

    [Theory]
    [InlineData(0.1114, 0.1072, 0.1156, "0.1114 ± 0.0042")]
    [InlineData(-0.01, -0.013, -0.007, "0.0000 (raw -0.0100 ± 0.0030)")]
    [InlineData(0.6935, 0.6925, 0.6945, "0.6931 ± 0.0010, saturated")]
    [InlineData(0.0031, -0.0008, 0.0071, "0.0031 [0.0000, 0.0071]")]
    public void What_is_printed_lies_between_0_and_ln_2(double value, double lower, double upper, string expected) =>
        JensenShannon.Format(new Estimate(value, lower, upper, 100)).Should().Be(expected);

    [Fact]
    public void A_limit_that_is_no_limit_and_an_unknown_method_are_refused()
    {
        var limit = () => JensenShannon.Bound(zeros(5), zeros(5), interval: IntervalMethod.Hoeffding, logitLimit: 0);
        var method = () => JensenShannon.Bound(zeros(5), zeros(5), interval: (IntervalMethod)9);

        limit.Should().Throw<ArgumentOutOfRangeException>().WithMessage("logitLimit must be finite and above 0.*");
        method.Should().Throw<ArgumentOutOfRangeException>().WithMessage("interval must be one of IntervalMethod's values.*");
    }

    private static Estimate[] Repeat(Tensor real, Tensor fake, Func<Tensor, Tensor, Estimate> measure) => [.. Enumerable.Range(0, (int)real.shape[0]).Select(row =>
    {
        using var scope = NewDisposeScope();
        return measure(real[row], fake[row]);
    })];
}
