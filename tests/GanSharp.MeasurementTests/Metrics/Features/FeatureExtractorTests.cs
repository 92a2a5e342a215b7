using FluentAssertions;
using GanSharp.Data;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.Fidelity;
using GanSharp.Randomness;
using GanSharp.Tests.Data;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics.Features;

/// <summary>The extractors of the package: what they return, that they are the same everywhere, and that they see what an image shows.</summary>
public sealed class FeatureExtractorTests : IDisposable
{
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();
    private readonly InMemoryDataset data = ShippedGarments.Load();

    public void Dispose()
    {
        data.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Random_convolutions_are_those_of_their_seed()
    {
        var images = data.Draw(0, 0, 5).Samples;
        using var first = new RandomConvolutionFeatures(1);
        using var same = new RandomConvolutionFeatures(1);
        using var other = new RandomConvolutionFeatures(1, seed: 1);

        var features = first.ExtractChecked(images);

        features.shape.Should().Equal(5, 512);
        features.Equals(same.Extract(images)).Should().BeTrue();
        (first.WeightsHash == same.WeightsHash, first.WeightsHash == other.WeightsHash).Should().Be((true, false));
        features.Equals(other.Extract(images)).Should().BeFalse();
        LiveTensors.Grown(() => first.Extract(images).Dispose()).Should().Be(0);
        FluentActions.Invoking(() => first.Extract(zeros(2, 3, 8, 8))).Should().Throw<ArgumentException>().WithMessage("samples must be images of shape [N, 1, height, width] with sides of at least 8 but have shape [2, 3, 8, 8].*");
    }

    [Fact]
    public void The_classifier_recognizes_garments_it_was_not_trained_on()
    {
        using var classifier = GarmentClassifier.Load();
        var heldOut = data.HeldOut!;
        var (images, labels) = heldOut.Draw(0, 0, (int)heldOut.Count!.Value);

        var probabilities = classifier.Probabilities(images);

        // The shipped held-out images are of the test set, which it wasn't trained on. Three standard errors of 2,000 images are 2%.
        probabilities.argmax(1).eq(labels!).@float().mean().item<float>().Should().BeGreaterThan(0.88f);
        probabilities.sum(1).allclose(ones(images.shape[0])).Should().BeTrue();
        classifier.ExtractChecked(images).shape.Should().Equal(images.shape[0], 64);
        classifier.WeightsHash.Should().HaveLength(64);
        LiveTensors.Grown(() => classifier.Extract(images).Dispose()).Should().Be(0);
        FluentActions.Invoking(() => classifier.Extract(zeros(2, 1, 8, 8))).Should().Throw<ArgumentException>().WithMessage("samples must be images of shape [N, 1, 28, 28] but have shape [2, 1, 8, 8].*");
    }

    [Fact]
    public void The_classifier_of_digits_recognizes_digits_that_are_drawn()
    {
        using var classifier = DigitClassifier.Load();
        using var garments = GarmentClassifier.Load();
        var (rows, columns) = (arange(28, ScalarType.Float32).view(28, 1), arange(28, ScalarType.Float32).view(1, 28));
        // A vertical stroke; a ring; two strokes, the second one slanted.
        var one = ((columns - 13.5).abs().lt(1.6) & (rows - 13.5).abs().lt(9)).@float();
        var zero = (((rows - 13.5) / 9).square() + ((columns - 13.5) / 7).square() - 0.8).abs().lt(0.25).@float();
        var seven = (((rows - 6).abs().lt(1.6) & (columns - 13.5).abs().lt(6)) | ((columns - 19 + (rows - 6) * 0.5).abs().lt(1.6) & (rows - 13.5).abs().lt(9))).@float();
        var images = stack([zero, one, seven]).unsqueeze(1) * 2 - 1;

        classifier.Probabilities(images).argmax(1).data<long>().ToArray().Should().Equal(0, 1, 7);
        (classifier.Name, classifier.Classes, classifier.Extract(images).shape[1]).Should().Be(("digit classifier", 10, 64));
        classifier.WeightsHash.Should().HaveLength(64).And.NotBe(garments.WeightsHash);
        LiveTensors.Grown(() => classifier.Extract(images).Dispose()).Should().Be(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Spoiled_garments_are_farther_from_real_ones_the_more_they_are_spoiled(bool trained)
    {
        using var classifier = GarmentClassifier.Load();
        using var random = new RandomConvolutionFeatures(1);
        IFeatureExtractor extractor = trained ? classifier : random;
        var images = data.Draw(0, 0, 2_400);
        var (real, spoiled, labels) = (images.Samples.narrow(0, 0, 1_200), images.Samples.narrow(0, 1_200, 1_200), images.Labels!.narrow(0, 1_200, 1_200));
        using var noises = SeededRandom.Create(0, "noise");
        var noise = randn(spoiled.shape, ScalarType.Float32, generator: noises);
        Tensor Blurred(int times) => Enumerable.Range(0, times).Aggregate(spoiled, (x, _) => nn.functional.avg_pool2d(x, 3, stride: 1, padding: 1));
        var reference = extractor.Extract(real);
        double Distance(Tensor samples) => KernelDistance.Measure(reference, extractor.Extract(samples)).Value;

        new[] { Distance(spoiled), Distance(spoiled + 0.2 * noise), Distance(spoiled + 0.5 * noise) }.Should().BeInAscendingOrder();
        new[] { Distance(spoiled), Distance(Blurred(1)), Distance(Blurred(3)) }.Should().BeInAscendingOrder();
        new[] { Distance(spoiled), Distance(spoiled[labels.lt(7)]), Distance(spoiled[labels.lt(3)]) }.Should().BeInAscendingOrder("classes are missing");
        // Few images, each many times.
        DensityCoverage.Measure(reference, extractor.Extract(spoiled.narrow(0, 0, 40).repeat(30, 1, 1, 1))).Coverage.Value
            .Should().BeLessThan(0.5 * DensityCoverage.Measure(reference, extractor.Extract(spoiled)).Coverage.Value);
    }
}
