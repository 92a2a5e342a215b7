using FluentAssertions;
using GanSharp.Divergences;
using GanSharp.Estimates;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class DonskerVaradhanTests
{
    [Fact]
    public void It_is_tight_at_the_true_ratio_and_at_any_shift_of_it()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(1, 40_000);
        var bound = DonskerVaradhan.Bound(real, fake);

        // KL(N(0, 1)‖N(1, 1)) = ½.
        bound.Value.Should().BeApproximately(0.5, bound.Upper - bound.Lower);
        DonskerVaradhan.Bound(real + 800, fake + 800).Value.Should().BeApproximately(bound.Value, 1e-9);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0.5, 0.2)]
    [InlineData(1.2, -0.4)]
    public void It_is_never_below_the_dual_of_the_same_logits_nor_above_the_truth(double scale, double shift)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(1, 40_000);
        (real, fake) = (real * scale + shift, fake * scale + shift);
        var (bound, dual) = (DonskerVaradhan.Bound(real, fake), FDivergence.KullbackLeibler.LowerBound(real, fake));

        bound.Value.Should().BeGreaterThanOrEqualTo(dual.Value);
        bound.Lower.Should().BeLessThan(0.5);
    }

    [Fact]
    public void It_is_biased_up_by_what_its_documentation_says_and_its_interval_covers()
    {
        using var scope = NewDisposeScope();
        const int Repeats = 2_000, Count = 800;
        var (real, fake) = ShiftedNormals.LogRatios(0.5, Repeats, Count, Count);
        var bounds = Enumerable.Range(0, Repeats).Select(row =>
        {
            using var repeat = NewDisposeScope();
            return DonskerVaradhan.Bound(real[row], fake[row]);
        }).ToArray();
        // E_pd[l] and E_pg[e^l] = 1 are known, so the errors of their means can be taken out, which leaves the bias with little noise.
        var bias = bounds.Average(one => one.Value) - real.mean().item<double>() + (fake.exp().mean().item<double>() - 1);
        var expected = (Math.Exp(0.25) - 1) / (2 * Count);

        bias.Should().BeApproximately(expected, 0.15 * expected);
        (bounds.Count(one => one.Lower <= 0.125 && 0.125 <= one.Upper) / (double)Repeats).Should().BeInRange(0.93, 0.97);
    }

    [Fact]
    public void Too_few_effective_samples_are_refused()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(3, 2_000);
        var bound = () => DonskerVaradhan.Bound(real, fake);

        bound.Should().Throw<DiagnosticRefusedException>().WithMessage("The Donsker-Varadhan bound averages e^(1·l) over 2000 generated samples, of which only *");
    }
}
