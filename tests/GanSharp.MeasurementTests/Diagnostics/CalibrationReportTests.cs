using FluentAssertions;
using GanSharp.Diagnostics.Calibration;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class CalibrationReportTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(100)]
    [InlineData(2_000)]
    public void The_calibrated_error_is_that_of_labels_drawn_one_by_one(int samples)
    {
        using var scope = NewDisposeScope();
        manual_seed(0);
        var logits = 2 * randn(2 * samples, ScalarType.Float64);
        var probabilities = logits.sigmoid();
        var membership = nn.functional.one_hot((probabilities * 15).to(ScalarType.Int64).clamp(max: 14), 15).to(ScalarType.Float64).t();
        var labels = (rand([2 * samples, 1_000], ScalarType.Float64) < probabilities.unsqueeze(1)).to(ScalarType.Float64);
        var direct = membership.matmul((probabilities.unsqueeze(1) - labels) / (2 * samples)).abs().sum([0]);

        var measured = CalibrationReport.Measure(logits[..samples], logits[samples..]).CalibratedError;

        measured.Value.Should().BeApproximately(direct.mean().item<double>(), 0.02 * measured.Value);
        measured.Upper.Should().BeApproximately(direct.quantile(tensor(0.975)).item<double>(), 0.04 * measured.Upper);
    }

    // A perfect D's error with 15 bins, as measured elsewhere: it is noise, and falls as the root of the samples.
    [Theory]
    [InlineData(1_000, 0.042)]
    [InlineData(4_000, 0.021)]
    [InlineData(20_000, 0.0096)]
    public void The_optimum_scores_the_error_of_noise_and_the_null_says_so(long samples, double expected)
    {
        using var scope = NewDisposeScope();
        const int Repeats = 8;
        var (real, fake) = ShiftedNormals.LogRatios(1, Repeats, samples / 2, samples / 2);
        var all = Enumerable.Range(0, Repeats).Select(row => CalibrationReport.Measure(real[row], fake[row], seed: row)).ToArray();
        var (error, calibrated) = (all.Average(one => one.ExpectedError), all.Average(one => one.CalibratedError.Value));
        output.WriteLine($"{samples}: {error:0.0000}, null {calibrated:0.0000}");

        error.Should().BeApproximately(expected, 0.2 * expected);
        calibrated.Should().BeApproximately(expected, 0.1 * expected);
        Math.Abs(all.Average(one => one.ExcessError)).Should().BeLessThan(0.15 * expected);
        all.Count(one => one.IsCalibrated).Should().BeGreaterThanOrEqualTo(Repeats - 1);
    }

    [Fact]
    public void The_Brier_score_of_the_optimum_is_the_known_one()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(1, 1, real: 40_000, fake: 20_000);
        var score = CalibrationReport.Measure(real, fake).BrierScore;

        score.Value.Should().BeApproximately(0.1989864336, score.Upper - score.Lower);
        (score.Upper - score.Lower).Should().BeLessThan(0.006);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(0.2, 0)]
    [InlineData(1, 0.5)]
    public void Overconfident_timid_and_shifted_logits_are_found(double scale, double shift)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(1, 2_000);
        var (right, wrong) = (CalibrationReport.Measure(real, fake), CalibrationReport.Measure(real * scale + shift, fake * scale + shift));

        right.IsCalibrated.Should().BeTrue();
        wrong.IsCalibrated.Should().BeFalse();
        wrong.ExcessError.Should().BeGreaterThan(0.05);
        wrong.Reliability.Should().BeGreaterThan(right.Reliability);
        wrong.BrierScore.Value.Should().BeGreaterThan(right.BrierScore.Value);
    }

    [Fact]
    public void Murphy_s_parts_add_up_to_the_score_of_predictions_rounded_to_their_bins()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(1, 1, real: 700, fake: 300);
        const int Bins = 6;
        var calibration = CalibrationReport.Measure(real * 2, fake * 2, Bins);
        // Recomputed sample by sample, each class weighing one half.
        IEnumerable<(double Probability, double Label, double Weight)> Class(Tensor logits, double label) =>
            logits.data<double>().Select(l => (1 / (1 + Math.Exp(-2 * l)), label, 0.5 / logits.numel()));
        var samples = Class(real, 1).Concat(Class(fake, 0)).GroupBy(one => (int)(one.Probability * Bins)).OrderBy(bin => bin.Key).ToArray();
        var rounded = samples.Sum(bin =>
        {
            var prediction = bin.Sum(one => one.Weight * one.Probability) / bin.Sum(one => one.Weight);
            return bin.Sum(one => one.Weight * Math.Pow(prediction - one.Label, 2));
        });

        (calibration.Reliability - calibration.Resolution + CalibrationReport.Uncertainty).Should().BeApproximately(rounded, 1e-12);
        calibration.Curve.Select(bin => bin.Count).Should().Equal(samples.Select(bin => (long)bin.Count()));
        calibration.ExpectedError.Should().BeApproximately(samples.Sum(bin => Math.Abs(bin.Sum(one => one.Weight * (one.Probability - one.Label)))), 1e-12);
        calibration.BrierScore.Value.Should().BeApproximately(samples.SelectMany(bin => bin).Sum(one => one.Weight * Math.Pow(one.Probability - one.Label, 2)), 1e-12);
    }

    [Fact]
    public void The_curve_of_the_optimum_lies_on_the_diagonal_within_its_intervals_whatever_the_batch_sizes()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(1, 1, real: 20_000, fake: 5_000);
        var calibration = CalibrationReport.Measure(real, fake);
        var on = calibration.Curve.Count(bin => bin.ObservedFraction.Lower <= bin.MeanPrediction && bin.MeanPrediction <= bin.ObservedFraction.Upper);

        calibration.Curve.Should().HaveCountGreaterThan(12).And.BeInAscendingOrder(bin => bin.MeanPrediction);
        on.Should().BeGreaterThanOrEqualTo(calibration.Curve.Count - 2);
        calibration.Curve.Sum(bin => bin.Count).Should().Be(25_000);
        calibration.IsCalibrated.Should().BeTrue();
    }

    [Fact]
    public void The_interval_of_a_bin_is_Wilson_s()
    {
        using var scope = NewDisposeScope();
        // One bin in use: 10 real and 10 generated samples of probability ½.
        var bin = CalibrationReport.Measure(zeros(10), zeros(10), bins: 3).Curve.Should().ContainSingle().Subject;

        bin.MeanPrediction.Should().Be(0.5);
        bin.Count.Should().Be(20);
        // Wilson's interval of 10 of 20.
        bin.ObservedFraction.Lower.Should().BeApproximately(0.29929803, 1e-7);
        bin.ObservedFraction.Upper.Should().BeApproximately(0.70070197, 1e-7);
    }

    [Fact]
    public void Certain_logits_fall_into_the_end_bins_and_a_seed_repeats()
    {
        using var scope = NewDisposeScope();
        var certain = CalibrationReport.Measure(full(50, 1e4f), full(50, -1e4f));

        certain.Curve.Should().HaveCount(2);
        certain.ExpectedError.Should().Be(0);
        certain.Resolution.Should().BeApproximately(CalibrationReport.Uncertainty, 1e-15);
        var (real, fake) = ShiftedNormals.LogRatios(1, 300);
        CalibrationReport.Measure(real, fake, seed: 3).CalibratedError.Should().Be(CalibrationReport.Measure(real, fake, seed: 3).CalibratedError);
    }

    [Fact]
    public void NaN_and_a_single_bin_are_refused()
    {
        var nan = () => CalibrationReport.Measure(full(5, double.NaN), zeros(5));
        var bins = () => CalibrationReport.Measure(zeros(5), zeros(5), bins: 1);

        nan.Should().Throw<ArgumentException>().WithMessage("The log ratios must be numbers but hold NaN.*");
        bins.Should().Throw<ArgumentOutOfRangeException>();
    }
}
