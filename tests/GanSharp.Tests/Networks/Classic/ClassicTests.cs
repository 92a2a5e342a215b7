using FluentAssertions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Classic;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Networks.Classic;

public sealed class ClassicTests
{
    [Fact]
    public void A_maxout_unit_of_x_and_minus_x_is_the_absolute_value()
    {
        using var scope = NewDisposeScope();
        using var maxout = new Maxout(inputSize: 1, units: 2, pieces: 2);
        using (no_grad())
        {
            var linear = maxout.named_modules().Select(named => named.module).OfType<Linear>().Single();
            // The first unit is |x|, the second max(2x, 1).
            linear.weight!.copy_(tensor(new float[,] { { 1 }, { -1 }, { 2 }, { 0 } }));
            linear.bias!.copy_(tensor(new float[] { 0, 0, 0, 1 }));
        }
        var input = tensor(new float[,] { { -3 }, { 0.25f }, { 2 } });

        maxout.call(input).data<float>().ToArray().Should().Equal(3, 1, 0.25f, 1, 2, 4);
    }

    [Fact]
    public void The_first_discriminator_is_the_published_one()
    {
        manual_seed(0);
        using var scope = NewDisposeScope();
        using var discriminator = new MaxoutDiscriminator(784);

        discriminator.named_parameters().Select(named => string.Join("x", named.parameter.shape)).Should().Equal("1200x784", "1200", "1200x240", "1200", "1x240", "1");
        foreach (var weight in discriminator.parameters().Where(parameter => parameter.dim() == 2))
        {
            weight.abs().max().item<float>().Should().BeLessThanOrEqualTo(0.005f).And.BeGreaterThan(0.0048f);
            Math.Abs(weight.mean().item<float>()).Should().BeLessThan(0.0005f);
        }
        discriminator.parameters().Where(parameter => parameter.dim() == 1).Should().OnlyContain(bias => bias.count_nonzero().item<long>() == 0);
        discriminator.named_modules().Select(named => named.module).OfType<Dropout>().Select(dropout => dropout.p).Should().Equal(0.2, 0.5, 0.5);
        var images = rand(2, 1, 28, 28);
        discriminator.Logits(images).equal(discriminator.Logits(images)).all().item<bool>().Should().BeTrue();
        discriminator.train();
        discriminator.call(images, null).Logits.equal(discriminator.call(images, null).Logits).any().item<bool>().Should().BeFalse("units are dropped in training");
    }

    [Fact]
    public void The_first_generator_is_the_published_one_with_its_pixels_stretched()
    {
        manual_seed(0);
        using var scope = NewDisposeScope();
        using var generator = new Goodfellow2014Generator(new ImageShape(1, 28, 28));
        var weights = generator.named_parameters().ToDictionary(named => named.name, named => named.parameter);

        weights.Values.Select(parameter => string.Join("x", parameter.shape)).Should().Equal("1200x100", "1200", "1200x1200", "1200", "784x1200", "784");
        weights.Values.Where(parameter => parameter.dim() == 2).Should().OnlyContain(weight => weight.abs().max().item<float>() <= 0.05f && weight.abs().max().item<float>() > 0.0499f);
        var latents = generator.Prior.Sample(5);
        var hidden = functional.relu(functional.linear(functional.relu(functional.linear(latents, weights["body.linear0.weight"])), weights["body.linear1.weight"]));
        var pixels = functional.linear(hidden, weights["body.output.weight"]).sigmoid();
        generator.call(latents, null).allclose(2 * pixels.view(5, 1, 28, 28) - 1).Should().BeTrue();
        using var copy = generator.CloneArchitecture();
        copy.Prior.Should().Be(generator.Prior);
        copy.parameters().Select(parameter => string.Join("x", parameter.shape)).Should().Equal(weights.Values.Select(parameter => string.Join("x", parameter.shape)));
    }

    [Fact]
    public void The_first_discriminator_sees_images_between_0_and_1_and_points_as_they_are()
    {
        using var scope = NewDisposeScope();
        manual_seed(0);
        using var ofImages = new MaxoutDiscriminator(new ImageShape(1, 4, 4), width: 8);
        manual_seed(0);
        using var ofPoints = new MaxoutDiscriminator(16, width: 8);
        var images = rand(3, 1, 4, 4) * 2 - 1;

        ofImages.Logits(images).equal(ofPoints.Logits((images + 1) / 2)).all().item<bool>().Should().BeTrue();
        ofImages.Logits(images).equal(ofPoints.Logits(images)).any().item<bool>().Should().BeFalse();
    }

    [Theory]
    [InlineData(1, 28, 28, false)]
    [InlineData(3, 32, 32, true)]
    [InlineData(4, 8, 12, false)]
    public void InfoGANs_pair_makes_and_judges_images(int channels, int height, int width, bool batchNorm)
    {
        using var scope = NewDisposeScope();
        var image = new ImageShape(channels, height, width);
        using var generator = new InfoGanGenerator(image);
        using var discriminator = new InfoGanDiscriminator(image, batchNorm);

        var images = generator.Sample(3);
        var output = discriminator.Judge(images);

        images.shape.Should().Equal(3, channels, height, width);
        images.abs().max().item<float>().Should().BeLessThanOrEqualTo(1);
        output.Logits.shape.Should().Equal(3);
        output.Features!.shape.Should().Equal(3, 1024);
        var smallest = 128 * (height / 4) * (width / 4);
        string Shapes(Module network) => string.Join(" ", network.named_parameters().Where(named => named.parameter.dim() > 1).Select(named => string.Join("x", named.parameter.shape)));
        Shapes(generator).Should().Be($"1024x64 {smallest}x1024 128x64x4x4 64x{channels}x4x4");
        Shapes(discriminator).Should().Be($"64x{channels}x4x4 128x64x4x4 1024x{smallest} 1x1024");
        discriminator.named_modules().Count(named => named.module is NormBase).Should().Be(batchNorm ? 2 : 0);
        generator.named_modules().Select(named => named.module).OfType<NormBase>().Should().HaveCount(3).And.OnlyContain(norm => norm.weight!.eq(1).all().item<bool>());
        using var latents = generator.Prior.Sample(1_000);
        latents.abs().max().item<float>().Should().BeInRange(0.99f, 1, "latents are uniform");
    }

    [Fact]
    public void Wrong_arguments_are_refused_by_name()
    {
        FluentActions.Invoking(() => new MaxoutDiscriminator(4, inputDropout: 1)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("inputDropout must lie in [0, 1), 1 excluded.*");
        FluentActions.Invoking(() => new MaxoutDiscriminator(4, hiddenDropout: double.NaN)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("hiddenDropout");
        FluentActions.Invoking(() => new Goodfellow2014Generator(new ImageShape(1, 4, 4), width: 0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("width");
        FluentActions.Invoking(() => new Goodfellow2014Generator(new ImageShape(1, 4, 4), prior: LatentPrior.Normal(3))).Should().Throw<ArgumentException>().WithParameterName("prior");
        FluentActions.Invoking(() => new Maxout(4, 2, pieces: 0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("pieces");
        FluentActions.Invoking(() => new InfoGanGenerator(new ImageShape(1, 30, 28))).Should().Throw<ArgumentException>().WithMessage("image: height and width*");
        FluentActions.Invoking(() => new InfoGanGenerator(new ImageShape(1, 28, 28), prior: LatentPrior.Normal(3))).Should().Throw<ArgumentException>().WithParameterName("prior");
    }
}
