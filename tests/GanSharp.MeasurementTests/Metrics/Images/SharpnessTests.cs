using FluentAssertions;
using GanSharp.Data.Images;
using GanSharp.Metrics;
using GanSharp.Metrics.Images;
using GanSharp.Networks;
using GanSharp.Tests.Data;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics.Images;

/// <summary>How sharp images are, against SciPy, closed forms and a ladder of blur.</summary>
public sealed class SharpnessTests : IDisposable
{
    private static readonly Reference References = Fixture.Read<Reference>("Metrics/Images", "sharpness.json");

    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, References.Cases.Length)];

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Both_are_those_of_their_definitions(int index)
    {
        var (seed, height, width, limit, laplacianVariance, share) = References.Cases[index];
        var image = tensor(Fixture.Numbers(seed).Take(height * width).Select(number => number / (double)(1L << 30) - 1).ToArray(), [1, 1, height, width]);

        Sharpness.LaplacianVariance(image).item<double>().Should().BeApproximately(laplacianVariance, 1e-6 * laplacianVariance);
        Sharpness.HighFrequencyShare(image, limit).item<double>().Should().BeApproximately(share, 1e-6 * share);
    }

    [Fact]
    public void A_wave_has_its_power_at_its_frequency()
    {
        // Three periods along 24 pixels: 0.125 cycles per pixel.
        var wave = (arange(24, ScalarType.Float64) * (2 * Math.PI * 3 / 24)).sin().expand(1, 1, 24, 24);

        Sharpness.HighFrequencyShare(wave, 0.12).item<double>().Should().BeApproximately(1, 1e-12);
        Sharpness.HighFrequencyShare(wave, 0.13).item<double>().Should().BeApproximately(0, 1e-12);
        Sharpness.HighFrequencyShare(ones(1, 1, 8, 8)).item<double>().Should().Be(0);
    }

    [Fact]
    public void Blur_lowers_both()
    {
        using var garments = ShippedGarments.Load();
        var images = garments.Draw(0, 0, 200).Samples;
        Tensor Blurred(int times) => Enumerable.Range(0, times).Aggregate(images, (x, _) => nn.functional.avg_pool2d(x, 3, stride: 1, padding: 1));
        Tensor[] ladder = [images, Blurred(1), Blurred(2), Blurred(4)];

        ladder.Select(x => Sharpness.LaplacianVariance(x).mean().item<double>()).Should().BeInDescendingOrder();
        ladder.Select(x => Sharpness.HighFrequencyShare(x).mean().item<double>()).Should().BeInDescendingOrder();
    }

    [Fact]
    public void A_run_can_measure_it_and_real_images_stand_beside()
    {
        using var garments = ShippedGarments.Load();
        using var generator = new DcganGenerator(new ImageShape(1, 28, 28), latentSize: 8, width: 4);
        foreach (var metric in new[] { SharpnessMetric.LaplacianVariance(300), SharpnessMetric.HighFrequencyShare(300) })
        {
            MetricValue Measure() => metric.Measure(new MetricContext(generator, garments));
            var value = Measure();

            value.Interval!.Value.SampleCount.Should().Be(300);
            value.OfReal!.Value.Lower.Should().BePositive();
            Measure().Should().Be(value);
            LiveTensors.Grown(() => Measure()).Should().Be(0);
        }
    }

    [Fact]
    public void What_is_no_image_is_refused()
    {
        FluentActions.Invoking(() => Sharpness.LaplacianVariance(zeros(3, 2, 2))).Should().Throw<ArgumentException>().WithMessage("images must be a float tensor of shape [N, channels, height, width] with sides of at least 3 but is Float32 of shape [3, 2, 2].*");
        FluentActions.Invoking(() => Sharpness.HighFrequencyShare(full([1, 1, 4, 4], float.NaN))).Should().Throw<ArgumentException>().WithMessage("images must be finite but holds NaN or infinity.*");
        FluentActions.Invoking(() => Sharpness.HighFrequencyShare(zeros(1, 1, 4, 4), 0.5)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("frequency must be above 0 and below 0.5 cycles per pixel.*");
    }

    private sealed record Reference(ReferenceCase[] Cases);

    private sealed record ReferenceCase(long Seed, int Height, int Width, double Limit, double LaplacianVariance, double HighFrequencyShare);
}
