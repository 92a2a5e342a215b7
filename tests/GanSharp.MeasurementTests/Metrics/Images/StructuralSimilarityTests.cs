using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Metrics;
using GanSharp.Metrics.Images;
using GanSharp.Networks;
using GanSharp.Randomness;
using GanSharp.Tests.Data;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics.Images;

/// <summary>How alike images are, against NumPy, closed forms and ladders of repeated images and lost classes.</summary>
public sealed class StructuralSimilarityTests : IDisposable
{
    private static readonly Reference References = Fixture.Read<Reference>("Metrics/Images", "structural-similarity.json");

    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, References.Cases.Length)];

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Both_are_those_of_their_definitions(int index)
    {
        var expected = References.Cases[index];
        var (image, other) = (Image(expected, expected.Seed), Image(expected, expected.Seed + 100));
        var mixed = expected.Share * image + (1 - Math.Abs(expected.Share)) * other;

        StructuralSimilarity.Measure(image, mixed).item<double>().Should().BeApproximately(expected.Similarity, 1e-6 * Math.Abs(expected.Similarity));
        StructuralSimilarity.MeasureMultiScale(image, mixed).item<double>().Should().BeApproximately(expected.MultiScale, 1e-6 * expected.MultiScale);
        StructuralSimilarity.Scales(expected.Height, expected.Width).Should().Be(expected.Scales);
    }

    [Fact]
    public void Images_of_one_gray_have_the_similarity_of_their_brightness()
    {
        // Black is 0 and white is 2; the variances are 0, so contrasts are equal.
        const double C1 = 0.0004, Dark = 0.5, Bright = 1.5;
        var (dark, bright) = (full([1, 1, 32, 32], Dark - 1, ScalarType.Float64), full([1, 1, 32, 32], Bright - 1, ScalarType.Float64));
        const double Luminance = (2 * Dark * Bright + C1) / (Dark * Dark + Bright * Bright + C1);

        StructuralSimilarity.Measure(dark, bright).item<double>().Should().BeApproximately(Luminance, 1e-9);
        // Only the coarsest of the two scales compares brightness.
        StructuralSimilarity.MeasureMultiScale(dark, bright).item<double>().Should().BeApproximately(Math.Pow(Luminance, 0.2856 / (0.0448 + 0.2856)), 1e-9);
    }

    [Fact]
    public void Equal_images_have_1_and_the_unit_of_the_pixels_does_not_matter()
    {
        var (images, others) = (Uniform("images", 3), Uniform("others", 3));

        StructuralSimilarity.Measure(images, images).data<double>().ToArray().Should().AllSatisfy(value => value.Should().BeApproximately(1, 1e-9));
        StructuralSimilarity.MeasureMultiScale(images, images).data<double>().ToArray().Should().AllSatisfy(value => value.Should().BeApproximately(1, 1e-9));
        StructuralSimilarity.Measure((images + 1) * 127.5, (others + 1) * 127.5, 0, 255).allclose(StructuralSimilarity.Measure(images, others), 1e-9).Should().BeTrue();
        StructuralSimilarity.Measure(others, images).allclose(StructuralSimilarity.Measure(images, others), 1e-12).Should().BeTrue("it is symmetric");
    }

    [Fact]
    public void Many_pairs_in_blocks_have_what_each_has_alone()
    {
        using var garments = ShippedGarments.Load();
        var (images, others) = (garments.Draw(0, 0, 800).Samples, garments.Draw(0, 800, 800).Samples);
        double Alone(int pair) => StructuralSimilarity.MeasureMultiScale(images.narrow(0, pair, 1), others.narrow(0, pair, 1)).item<double>();

        var together = StructuralSimilarity.MeasureMultiScale(images, others).data<double>().ToArray();

        foreach (var pair in new[] { 0, 333, 334, 799 })
            together[pair].Should().BeApproximately(Alone(pair), 1e-12);
    }

    [Theory]
    [InlineData(11, 500, 1)]
    [InlineData(21, 21, 1)]
    [InlineData(28, 28, 2)]
    [InlineData(64, 64, 3)]
    [InlineData(128, 160, 4)]
    [InlineData(175, 400, 4)]
    [InlineData(176, 176, 5)]
    [InlineData(1_024, 1_024, 5)]
    public void There_are_as_many_scales_as_hold_the_window_and_their_weights_sum_to_1(long height, long width, int scales)
    {
        StructuralSimilarity.Scales(height, width).Should().Be(scales);
        StructuralSimilarity.WeightsOf(scales).Should().HaveCount(scales).And.OnlyContain(weight => weight > 0);
        StructuralSimilarity.WeightsOf(scales).Sum().Should().BeApproximately(1, 1e-12);
    }

    [Fact]
    public void Repeated_images_and_lost_classes_raise_it()
    {
        using var garments = ShippedGarments.Load();
        double Similarity(Tensor images) => Measure(garments, images).Value;
        var (samples, labels) = garments.Draw(1, 0, 4_000);
        Tensor Kept(int classes) => samples.index_select(0, labels!.lt(classes).nonzero().flatten()).narrow(0, 0, 800 / 10 * Math.Max(classes, 2));
        Tensor Repeated(int distinct) => samples.narrow(0, 0, distinct).repeat(800 / distinct, 1, 1, 1);

        new[] { 800, 20, 5, 2, 1 }.Select(Repeated).Select(Similarity).Should().BeInAscendingOrder();
        Similarity(Repeated(1)).Should().BeApproximately(1, 1e-6);
        // Shirts, trousers, pullovers, ...: two classes are more alike than ten.
        new[] { 10, 2, 1 }.Select(Kept).Select(Similarity).Should().BeInAscendingOrder();
        Similarity(Uniform("noise", 800)).Should().BeLessThan(Similarity(samples.narrow(0, 0, 800)), "less than real images have isn't better");
    }

    [Fact]
    public void Of_real_images_the_interval_holds_the_value_of_all_pairs()
    {
        using var garments = ShippedGarments.Load();
        var truth = StructuralSimilarity.MeasureMultiScale(garments.Draw(7, 0, 5_000).Samples, garments.Draw(7, 5_000, 5_000).Samples).mean().item<double>();

        var hits = Enumerable.Range(0, 100).Count(repeat =>
        {
            using var one = NewDisposeScope();
            var value = Measure(garments, garments.Draw(repeat, 0, 100).Samples, repeat).Interval!.Value;
            return value.Lower <= truth && truth <= value.Upper;
        });

        // 95 less three standard errors of 100 repeats.
        hits.Should().BeInRange(88, 100);
    }

    [Fact]
    public void Real_images_against_real_ones_lie_where_others_did()
    {
        using var garments = ShippedGarments.Load();

        var value = Measure(garments, garments.Draw(0, 0, 1_000).Samples);

        value.Interval!.Value.SampleCount.Should().Be(1_000);
        value.OfReal!.Value.SampleCount.Should().Be(1_000);
        Math.Abs(value.Value - value.OfReal.Value.Value).Should().BeLessThan(HalfWidth(value.Interval.Value) + HalfWidth(value.OfReal.Value));
    }

    [Fact]
    public void A_run_can_measure_it_and_real_images_stand_beside()
    {
        using var garments = ShippedGarments.Load();
        using var generator = new DcganGenerator(new ImageShape(1, 28, 28), latentSize: 8, width: 4);
        var metric = new StructuralSimilarityMetric(301);
        MetricValue Measure() => metric.Measure(new MetricContext(generator, garments));

        var value = Measure();

        (metric.Name, metric.Goal).Should().Be(("MS-SSIM of pairs", MetricGoal.NearReal));
        metric.Settings.Should().Equal(new Dictionary<string, string> { ["samples"] = "301", ["lowest"] = "-1", ["highest"] = "1" });
        value.Interval!.Value.SampleCount.Should().Be(300, "an odd image has no other");
        value.OfReal!.Value.Lower.Should().BePositive();
        Measure().Should().Be(value);
        LiveTensors.Grown(() => Measure()).Should().Be(0);
    }

    [Fact]
    public void What_is_generated_beyond_the_range_counts_as_black_or_white_and_real_images_beyond_it_are_refused()
    {
        using var garments = ShippedGarments.Load();
        var images = garments.Draw(0, 0, 40).Samples;

        Measure(garments, images * 3).Should().Be(Measure(garments, (images * 3).clamp(-1, 1)));
        using var fake = new InMemoryDataset(images);
        FluentActions.Invoking(() => new StructuralSimilarityMetric(40, lowest: 0).Measure(new MetricContext(garments, fake))).Should().Throw<ArgumentException>()
            .WithMessage("images must lie in [0, 1], from black to white, but holds values from -1 to 1.*");
    }

    [Fact]
    public void What_cannot_be_compared_is_refused()
    {
        var good = zeros(2, 1, 16, 16);
        void Refuses(Action measuring, string message) => measuring.Should().Throw<ArgumentException>().WithMessage(message);

        Refuses(() => StructuralSimilarity.Measure(zeros(3, 1, 10, 12), good), "images must be a float tensor of shape [N, channels, height, width] with sides of at least 11 but is Float32 of shape [3, 1, 10, 12].*");
        Refuses(() => StructuralSimilarity.Measure(good, good.to(ScalarType.Byte)), "others must be a float tensor*but is Byte of shape [2, 1, 16, 16].*");
        Refuses(() => StructuralSimilarity.Measure(good, zeros(1, 1, 16, 16)), "others must have the shape of images, [2, 1, 16, 16], but has shape [1, 1, 16, 16].*");
        Refuses(() => StructuralSimilarity.MeasureMultiScale(good, full([2, 1, 16, 16], float.NaN)), "others must lie in [-1, 1], from black to white, but holds values from NaN to NaN.*");
        Refuses(() => StructuralSimilarity.Measure(good, good, 1, 1), "highest must be above lowest, 1, and both finite.*");
        Refuses(() => StructuralSimilarity.Scales(28, 10), "*width*10*");
        Refuses(() => StructuralSimilarity.WeightsOf(6), "*scales*6*");
        Refuses(() => _ = new StructuralSimilarityMetric(7), "*samples*7*");
        using var few = new InMemoryDataset(zeros(7, 1, 16, 16));
        FluentActions.Invoking(() => new StructuralSimilarityMetric().Measure(new MetricContext(few, few))).Should().Throw<InvalidOperationException>()
            .WithMessage("MS-SSIM of pairs needs at least 8 real and 8 generated images but there are 7.");
    }

    private static MetricValue Measure(Dataset real, Tensor generated, long seed = 0)
    {
        using var fake = new InMemoryDataset(generated);
        return new StructuralSimilarityMetric(1_000).Measure(new MetricContext(real, fake, seed));
    }

    private static double HalfWidth(GanSharp.Estimates.Estimate estimate) => (estimate.Upper - estimate.Lower) / 2;

    private static Tensor Uniform(string name, long count)
    {
        using var random = SeededRandom.Create(0, name);
        return rand([count, 1, 28, 28], generator: random) * 2 - 1;
    }

    /// <summary>The script's image.</summary>
    private static Tensor Image(ReferenceCase size, long seed)
    {
        var count = size.Channels * size.Height * size.Width;
        var x = tensor(Fixture.Numbers(seed).Take(count).Select(number => number / (double)(1L << 30) - 1).ToArray(), [1, size.Channels, size.Height, size.Width]);
        for (var time = 0; time < size.Smoothing; time++)
            x = (x + x.roll(1, 2) + x.roll(1, 3)) / 3;
        return x / x.abs().max();
    }

    private sealed record Reference(ReferenceCase[] Cases);

    private sealed record ReferenceCase(long Seed, int Channels, int Height, int Width, int Smoothing, double Share, int Scales, double Similarity, double MultiScale);
}
