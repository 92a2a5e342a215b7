using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Diagnostics.Calibration;
using GanSharp.Divergences;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class PlattScalingTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(0.25, -3)]
    [InlineData(40, 1_000)]
    public void It_undoes_a_scale_and_a_shift(double scale, double shift)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = LogRatios(100_000);

        var calibration = PlattScaling.Fit(real * scale + shift, fake * scale + shift);

        (calibration.Scale * scale).Should().BeApproximately(1, 0.03);
        (calibration.Scale * shift + calibration.Shift).Should().BeApproximately(0, 0.03);
    }

    [Fact]
    public void Logits_that_tell_nothing_are_calibrated_to_about_0()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);

        PlattScaling.Fit(full(100, 5f), full(100, 5f)).Should().Be(new PlattScaling(0, 0));
        Math.Abs(PlattScaling.Fit(randn(20_000), randn(20_000)).Scale).Should().BeLessThan(0.05);
    }

    [Theory]
    [InlineData(1e4)]
    [InlineData(1e12)]
    [InlineData(-1e4)]
    public void One_wild_logit_on_the_right_side_changes_nothing(double wild)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = LogRatios(1_000);
        (real, fake) = (real / 2, fake / 2);
        var without = PlattScaling.Fit(real, fake);
        var outlier = tensor(new[] { wild });

        var with = PlattScaling.Fit(wild > 0 ? cat([real, outlier]) : real, wild < 0 ? cat([fake, outlier]) : fake);

        with.HasConverged.Should().BeTrue();
        without.Scale.Should().BeApproximately(2, 0.2);
        with.Scale.Should().BeApproximately(without.Scale, 0.02);
        with.Shift.Should().BeApproximately(without.Shift, 0.02);
    }

    [Fact]
    public void One_wild_logit_on_the_wrong_side_is_believed_to_be_wrong()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = LogRatios(1_000);

        var calibration = PlattScaling.Fit(real, cat([fake, tensor(new[] { 1e4 })]));

        // Left as it is, it would cost 10⁴ / 2,000 nats.
        calibration.HasConverged.Should().BeTrue();
        Math.Abs(calibration.Scale).Should().BeLessThan(0.01);
    }

    [Fact]
    public void The_fit_is_the_optimum_of_Platts_loss()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = LogRatios(300);
        fake = fake.narrow(0, 0, 200);
        var fit = PlattScaling.Fit(real, fake);
        double Loss(double scale, double shift)
        {
            double Side(Tensor logits, double target) => (logits * scale + shift).data<double>().Average(z => -(target * Math.Log(1 / (1 + Math.Exp(-z))) + (1 - target) * Math.Log(1 / (1 + Math.Exp(z)))));
            return Side(real, 301 / 302.0) + Side(fake, 1 / 202.0);
        }

        fit.HasConverged.Should().BeTrue();
        foreach (var (scale, shift) in new[] { (1e-3, 0.0), (-1e-3, 0), (0, 1e-3), (0, -1e-3), (1e-3, -1e-3), (-1e-3, 1e-3) })
            Loss(fit.Scale + scale, fit.Shift + shift).Should().BeGreaterThan(Loss(fit.Scale, fit.Shift));
    }

    [Fact]
    public void Separable_classes_give_a_finite_fit_whose_probabilities_are_about_Platts_targets()
    {
        using var scope = NewDisposeScope();
        var few = PlattScaling.Fit(tensor(new[] { 1f, 2f, 3f }), tensor(new[] { -3f, -2f, -1f }));
        var many = PlattScaling.Fit(full(1_000, 5.0), full(1_000, -5.0));

        few.HasConverged.Should().BeTrue();
        few.Scale.Should().BeInRange(0.5, 2);
        many.HasConverged.Should().BeTrue();
        (5 * many.Scale + many.Shift).Should().BeApproximately(Math.Log(1_001), 1e-6);
        (-5 * many.Scale + many.Shift).Should().BeApproximately(-Math.Log(1_001), 1e-6);
    }

    [Fact]
    public void Reversed_logits_get_a_negative_scale()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = LogRatios(20_000);

        var calibration = PlattScaling.Fit(-real, -fake);

        calibration.HasConverged.Should().BeTrue();
        calibration.Scale.Should().BeApproximately(-1, 0.06);
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(1e15)]
    [InlineData(1e290)]
    public void Logits_of_any_size_are_brought_back(double size)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = LogRatios(20_000);

        var calibration = PlattScaling.Fit(real * size, fake * size);

        calibration.HasConverged.Should().BeTrue();
        (calibration.Scale * size).Should().BeApproximately(1, 0.06);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Logits_that_are_no_numbers_give_no_fit(double fault)
    {
        using var scope = NewDisposeScope();
        var calibration = PlattScaling.Fit(tensor(new[] { 0.5, fault }), zeros(3));

        calibration.HasConverged.Should().BeFalse();
        calibration.Scale.Should().Be(double.NaN);
    }

    [Fact]
    public void An_empty_side_is_refused_by_name()
    {
        using var scope = NewDisposeScope();
        var fit = () => PlattScaling.Fit(zeros(3), zeros(0));

        fit.Should().Throw<ArgumentException>().WithMessage("fake must hold at least one logit but is empty.*");
    }

    [Fact]
    public void One_sample_a_side_is_enough_for_a_fit()
    {
        using var scope = NewDisposeScope();
        var calibration = PlattScaling.Fit(tensor(new[] { 1.0 }), tensor(new[] { -1.0 }));

        calibration.HasConverged.Should().BeTrue();
        // Both targets are two thirds and one third.
        calibration.Scale.Should().BeApproximately(Math.Log(2), 1e-6);
    }

    private static (Tensor Real, Tensor Fake) LogRatios(int count)
    {
        using var data = Mixtures.Normal();
        using var generator = Mixtures.Normal(1);
        return (DensityRatio.Log(data, generator, data.Draw(1, 0, count).Samples), DensityRatio.Log(data, generator, generator.Draw(2, 0, count).Samples));
    }
}
