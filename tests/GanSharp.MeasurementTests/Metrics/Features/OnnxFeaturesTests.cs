using System.Reflection;
using FluentAssertions;
using GanSharp.Data.Images;
using GanSharp.Metrics.Features;
using GanSharp.Onnx;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics.Features;

public sealed class OnnxFeaturesTests
{
    [Fact]
    public void Input_and_output_are_found_and_gray_images_repeated()
    {
        using var folder = new TemporaryFolder();
        using var features = new OnnxFeatures(Write(folder, TinyOnnx.ChannelMeans(0, 3, 8, 8)));
        using var scope = NewDisposeScope();
        var images = rand(5, 1, 8, 8) * 2 - 1;

        var means = features.Extract(images);

        means.shape.Should().Equal(5, 3);
        var expected = ((images + 1) / 2).mean([2, 3]).expand(5, 3);
        (means - expected).abs().max().item<float>().Should().BeLessThan(1e-6f);
        features.Name.Should().Be("tiny means");
        features.WeightsHash.Should().HaveLength(64);
        features.Settings.Should().Contain("output", "means").And.Contain("range", "0, 1").And.ContainKey("resize");
    }

    [Fact]
    public void A_file_with_a_fixed_batch_gets_full_ones()
    {
        using var folder = new TemporaryFolder();
        using var features = new OnnxFeatures(Write(folder, TinyOnnx.ChannelMeans(4, 1, 2, 2)));
        using var scope = NewDisposeScope();
        var images = rand(6, 1, 2, 2) * 2 - 1;

        (features.Extract(images) - ((images + 1) / 2).mean([2, 3])).abs().max().item<float>().Should().BeLessThan(1e-6f);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_what_the_file_has()
    {
        using var folder = new TemporaryFolder();
        var open = Write(folder, TinyOnnx.ChannelMeans(0, 3, 0, 0));
        var damaged = folder.File("damaged.onnx");
        File.WriteAllBytes(damaged, [1, 2, 3]);

        FluentActions.Invoking(() => new OnnxFeatures(open)).Should().Throw<ArgumentException>().WithMessage("*doesn't fix the shape of its images (input 'images' of shape [?, 3, ?, ?]): set Preparation.*");
        FluentActions.Invoking(() => new OnnxFeatures(open, new() { Output = "logits" })).Should().Throw<ArgumentException>().WithMessage("Output must name one of the outputs of '*', which are 'means', but is 'logits'.*");
        FluentActions.Invoking(() => new OnnxFeatures(open, new() { Preparation = new(new ImageShape(1, 8, 8)) })).Should().Throw<ArgumentException>().WithMessage("Preparation.Image must fit the input 'images' of shape [?, 3, ?, ?]*but is 1 × 8 × 8.*");
        FluentActions.Invoking(() => new OnnxFeatures(damaged)).Should().Throw<ArgumentException>().WithMessage("path must name an ONNX file but*");
        FluentActions.Invoking(() => new OnnxFeatures(folder.File("none.onnx"))).Should().Throw<FileNotFoundException>();
        FluentActions.Invoking(() => OnnxFeatures.ResNet18(folder.FullName)).Should().Throw<FileNotFoundException>().WithMessage("*Add the package Microsoft.ML.DnnImageFeaturizer.ResNet18*");
        using var features = new OnnxFeatures(open, new() { Preparation = ImagePreparation.ImageNet(side: 16) });
        features.Invoking(it => it.Extract(zeros(2, 4, 8, 8))).Should().Throw<ArgumentException>().WithParameterName("samples");
    }

    [Fact]
    public void An_axis_that_shrinks_is_averaged_while_the_other_grows()
    {
        using var scope = NewDisposeScope();
        var stripes = tensor(new float[] { 1, -1 }).repeat(8).view(1, 1, 1, 16).expand(1, 1, 4, 16);

        var prepared = new ImagePreparation(new(1, 8, 4)).Apply(stripes);

        prepared.shape.Should().Equal(1, 1, 8, 4);
        (prepared - 0.5).abs().max().item<float>().Should().BeLessThan(1e-6f, "each of the four columns is the mean of two bright and two dark ones, which is gray");
    }

    [Fact]
    public void The_ImageNet_network_of_the_package_makes_512_features()
    {
        var folder = typeof(OnnxFeaturesTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "ResNet18Folder").Value!;
        using var features = OnnxFeatures.ResNet18(folder);
        using var scope = NewDisposeScope();
        // A half-bright image beside its mirror image: a trained network sees nearly the same, and something else in noise.
        var image = linspace(-1, 1, 64).view(1, 1, 1, 64).expand(1, 3, 64, 64).contiguous();
        var found = features.Extract(cat([image, image.flip(3), rand(1, 3, 64, 64) * 2 - 1]));

        found.shape.Should().Equal(3, 512);
        found.isfinite().all().item<bool>().Should().BeTrue();
        double Distance(int one, int other) => (found[one] - found[other]).norm().item<float>();
        Distance(0, 1).Should().BePositive().And.BeLessThan(Distance(0, 2));
    }

    private static string Write(TemporaryFolder folder, byte[] model)
    {
        var path = folder.File("tiny.onnx");
        File.WriteAllBytes(path, model);
        return path;
    }
}
