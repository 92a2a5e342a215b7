using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Diagnostics.Testing;
using GanSharp.Divergences;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Networks.Packing;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class ClassifierTwoSampleTestTests
{
    [Fact]
    public void The_best_classifier_of_two_normals_measures_their_total_variation()
    {
        using var scope = NewDisposeScope();
        using var data = Mixtures.Normal();
        using var generator = Mixtures.Normal(1);
        var (real, fake) = (data.Draw(1, 0, 100_000).Samples, generator.Draw(2, 0, 60_000).Samples);

        var test = ClassifierTwoSampleTest.Measure(DensityRatio.Log(data, generator, real), DensityRatio.Log(data, generator, fake));

        // TV = 0.3829249225 and JSD = 0.1114214822 by quadrature; accuracy Φ(½).
        test.Accuracy.Value.Should().BeApproximately(0.6914624613, 0.004);
        test.TotalVariationBound.Value.Should().BeApproximately(0.3829249225, 0.008);
        test.JensenShannonBound.Upper.Should().BeLessThan(0.1114214822);
        test.PValue.Should().BeLessThan(1e-100);
    }

    [Fact]
    public void Groups_of_samples_are_refused()
    {
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(0, 1);
        using var packed = new PackedDiscriminator(new MlpDiscriminator(2, 4), samplesPerLogit: 2);

        FluentActions.Invoking(() => ClassifierTwoSampleTest.Measure(packed, data, generator, samples: 100)).Should().Throw<DiagnosticRefusedException>().WithMessage("PackedDiscriminator judges 2 samples per logit*");
    }

    [Theory]
    [InlineData(0.1, 0.039877611676745, 0.0012484400960707)]
    [InlineData(0.5, 0.19741265136585, 0.030311300520839)]
    [InlineData(2, 0.68268949213709, 0.33683082034683)]
    [InlineData(3, 0.86638559746228, 0.52677730652137)]
    public void The_range_of_the_divergence_holds_the_reference_values(double shift, double totalVariation, double divergence)
    {
        var (lower, upper) = ClassifierTwoSampleTest.JensenShannonRange(totalVariation);

        divergence.Should().BeInRange(lower, upper, $"shift {shift}");
    }

    [Fact]
    public void The_range_is_a_point_where_distributions_are_equal_or_disjoint()
    {
        ClassifierTwoSampleTest.JensenShannonRange(0).Should().Be((0, 0));
        ClassifierTwoSampleTest.JensenShannonRange(1).Should().Be((Math.Log(2), Math.Log(2)));
        // Attained: p = (1 − t, t, 0) and q = (1 − t, 0, t) have TV t and JSD t ln 2; p = ((1 + t)/2, (1 − t)/2) and its mirror the lower end.
        ClassifierTwoSampleTest.JensenShannonRange(0.5).Lower.Should().BeApproximately(0.75 * Math.Log(1.5) + 0.25 * Math.Log(0.5), 1e-15);
        FluentActions.Invoking(() => ClassifierTwoSampleTest.JensenShannonRange(1.5)).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("totalVariation must lie from 0 to 1.*");
    }

    [Theory]
    [InlineData(200, 200, 0)]
    [InlineData(150, 400, 0)]
    [InlineData(150, 400, 1.2)]
    public void Equal_distributions_are_rejected_as_often_as_the_level_says(int realCount, int fakeCount, double leaning)
    {
        const int Repetitions = 2_000;
        using var scope = NewDisposeScope();
        manual_seed(1);
        // A classifier that calls most samples real is as valid a test as an even one.
        var (real, fake) = (randn([Repetitions, realCount], float64) + leaning, randn([Repetitions, fakeCount], float64) + leaning);

        var rejections = Enumerable.Range(0, Repetitions).Count(repetition => ClassifierTwoSampleTest.Measure(real[repetition], fake[repetition]).PValue <= 0.05);

        // 5% of 2,000 within three standard errors of 9.7, and one for the grid of accuracies.
        rejections.Should().BeInRange(100 - 39, 100 + 39);
    }

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(0.99, 0.97)]
    [InlineData(0.9, 0.2)]
    public void The_interval_covers_the_truth_as_often_as_it_says(double realRight, double fakeRight)
    {
        const int Repetitions = 2_000;
        using var scope = NewDisposeScope();
        manual_seed(2);
        var (real, fake) = (realRight - rand([Repetitions, 100], float64), rand([Repetitions, 250], float64) - fakeRight);

        var hits = Enumerable.Range(0, Repetitions).Count(repetition =>
        {
            var accuracy = ClassifierTwoSampleTest.Measure(real[repetition], fake[repetition]).Accuracy;
            return accuracy.Lower <= (realRight + fakeRight) / 2 && (realRight + fakeRight) / 2 <= accuracy.Upper;
        });

        // Summing the binomials gives 94.8%, 95.4% and 95.1%, and 90.7% for a plain normal interval in the second case; three standard errors are 1.5%.
        hits.Should().BeInRange((int)(0.935 * Repetitions), (int)(0.968 * Repetitions));
    }

    [Fact]
    public void A_classifier_that_is_always_right_keeps_an_interval()
    {
        using var scope = NewDisposeScope();

        var test = ClassifierTwoSampleTest.Measure(ones(50), -ones(80));

        test.Accuracy.Value.Should().Be(1);
        test.Accuracy.Upper.Should().Be(1);
        test.Accuracy.Lower.Should().BeInRange(0.9, 0.98);
    }

    [Fact]
    public void A_classifier_that_says_nothing_finds_nothing()
    {
        using var scope = NewDisposeScope();

        foreach (var verdict in new[] { -1.0, 0, 1 })
        {
            var test = ClassifierTwoSampleTest.Measure(full(50, verdict), full(80, verdict));
            test.Accuracy.Value.Should().Be(0.5);
            test.PValue.Should().BeGreaterThanOrEqualTo(0.5);
            test.JensenShannonBound.Value.Should().Be(0);
        }
        ClassifierTwoSampleTest.Measure(-ones(50), ones(80)).TotalVariationBound.Value.Should().Be(-1);
    }

    [Fact]
    public void A_discriminator_can_be_asked_and_no_tensor_is_left_behind()
    {
        using var scope = NewDisposeScope();
        using var data = Mixtures.Normal(3);
        using var generator = new AffineGenerator(0, 1);
        using var discriminator = new MlpDiscriminator(1, 4);
        ClassifierTwoSampleTest.Measure(discriminator, data.HeldOut, generator, 100);
        var before = LiveTensors.Settled();

        var test = ClassifierTwoSampleTest.Measure(discriminator, data.HeldOut, generator, 100);

        Tensor.TotalCount.Should().Be(before);
        test.Accuracy.SampleCount.Should().Be(100);
    }

    [Fact]
    public void Tensors_that_are_no_logits_are_refused()
    {
        using var scope = NewDisposeScope();
        Action With(Tensor real, Tensor fake) => () => ClassifierTwoSampleTest.Measure(real, fake);

        With(zeros(3, 1), zeros(3)).Should().Throw<ArgumentException>().WithMessage("real must have shape [N] with at least 2 logits but has shape [3, 1].*");
        With(zeros(3), zeros(1)).Should().Throw<ArgumentException>().WithMessage("fake must have shape [N] with at least 2 logits but has shape [1].*");
        With(zeros(3), full(3, double.NaN)).Should().Throw<ArgumentException>().WithMessage("fake must be logits but holds NaN.*");
    }
}
