using FluentAssertions;
using GanSharp.Data;
using GanSharp.Diagnostics;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class LogitCalibrationTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(0.25, -3)]
    [InlineData(40, 1_000)]
    public void It_undoes_a_scale_and_a_shift(double scale, double shift)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = LogRatios(100_000);

        var calibration = LogitCalibration.Fit(real * scale + shift, fake * scale + shift);

        (calibration.Scale * scale).Should().BeApproximately(1, 0.03);
        (calibration.Scale * shift + calibration.Shift).Should().BeApproximately(0, 0.03);
    }

    [Fact]
    public void Logits_that_tell_nothing_are_calibrated_to_about_0()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);

        LogitCalibration.Fit(full(100, 5f), full(100, 5f)).Should().Be(new LogitCalibration(0, 0));
        Math.Abs(LogitCalibration.Fit(randn(20_000), randn(20_000)).Scale).Should().BeLessThan(0.05);
    }

    [Fact]
    public void Separable_classes_give_a_finite_fit()
    {
        using var scope = NewDisposeScope();
        var calibration = LogitCalibration.Fit(tensor(new[] { 1f, 2f, 3f }), tensor(new[] { -3f, -2f, -1f }));

        double.IsFinite(calibration.Scale).Should().BeTrue();
        calibration.Scale.Should().BePositive();
    }

    private static (Tensor Real, Tensor Fake) LogRatios(int count)
    {
        using var data = Mixtures.Normal();
        using var generator = Mixtures.Normal(1);
        return (DensityRatio.Log(data, generator, data.Draw(1, 0, count).Samples), DensityRatio.Log(data, generator, generator.Draw(2, 0, count).Samples));
    }
}
