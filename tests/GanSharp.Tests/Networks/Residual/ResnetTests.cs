using FluentAssertions;
using GanSharp.Data.Images;
using GanSharp.Networks.Normalization;
using GanSharp.Networks.Residual;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Networks.Residual;

public sealed class ResnetTests
{
    [Theory]
    [InlineData(1, 28, 28, null)]
    [InlineData(3, 32, 32, 10)]
    [InlineData(3, 64, 64, null)]
    [InlineData(4, 48, 20, 3)]
    [InlineData(1, 4, 4, 1)]
    public void Any_image_whose_sides_are_multiples_of_4_is_made_and_judged(int channels, int height, int width, int? classes)
    {
        using var scope = NewDisposeScope();
        var image = new ImageShape(channels, height, width);
        using var generator = new ResnetGenerator(image, latentSize: 8, width: 4, classes);
        using var discriminator = new ResnetDiscriminator(image, width: 4, classes);
        var labels = classes is { } count ? arange(3, ScalarType.Int64) % count : null;

        var images = generator.Sample(3, labels);
        var output = discriminator.Judge(images, labels);

        images.shape.Should().Equal(3, channels, height, width);
        images.abs().max().item<float>().Should().BeLessThanOrEqualTo(1);
        output.Logits.shape.Should().Equal(3);
        output.Features!.shape.Should().Equal(3, 4);
        output.ClassLogits.Should().BeNull();
    }

    [Fact]
    public void For_32_pixels_they_are_the_papers_networks()
    {
        var image = new ImageShape(3, 32, 32);
        using var generator = new ResnetGenerator(image);
        using var discriminator = new ResnetDiscriminator(image);

        // Dense 128 → 4·4·256; three blocks of two 3 × 3 and one 1 × 1 convolution with two norms; norm; 3 × 3 convolution to 3 channels.
        const int Square = 256 * 256, Block = 2 * (9 * Square + 256) + Square + 256 + 4 * 256;
        generator.parameters().Sum(parameter => parameter.numel()).Should().Be(129 * 4096 + 3 * Block + 512 + (9 * 256 * 3 + 3));
        // 3 → 128 halved, 128 → 128 halved, and two that aren't; sum; dense.
        const int Convolution = 9 * 128 * 128 + 128;
        discriminator.parameters().Sum(parameter => parameter.numel()).Should().Be(9 * 3 * 128 + 128 + Convolution + 4 * 128 + 2 * Convolution + 129 * 128 + 4 * Convolution + 129);
        discriminator.named_modules().Count(named => named.module is SpectralNorm).Should().Be(11, "each layer is normalized");
    }

    [Fact]
    public void Beyond_32_pixels_channels_halve_with_each_doubling()
    {
        var image = new ImageShape(3, 128, 128);
        using var generator = new ResnetGenerator(image, 8, width: 16);
        using var discriminator = new ResnetDiscriminator(image, width: 16);

        string Widths(TorchSharp.torch.nn.Module network, string layer) => string.Join(" ", network.named_parameters().Where(named => named.name.EndsWith($"{layer}.weight")).Select(named => named.parameter.shape[0]));
        Widths(generator, "conv2").Should().Be("16 16 16 8 4");
        Widths(discriminator, "conv2").Should().Be("8 16 16 16 16 16");
    }

    [Fact]
    public void A_logit_depends_on_its_own_sample_alone()
    {
        using var scope = NewDisposeScope();
        using var discriminator = new ResnetDiscriminator(new ImageShape(1, 28, 28), width: 8);
        // A pass in training mode would improve the singular vectors between the two.
        discriminator.to(ScalarType.Float64);
        discriminator.eval();
        var images = rand(5, 1, 28, 28, ScalarType.Float64) * 2 - 1;

        var (together, alone) = (discriminator.Logits(images), discriminator.Logits(images[2..3]));

        (together[2] - alone[0]).abs().item<double>().Should().BeLessThan(1e-12);
    }

    [Fact]
    public void Attention_begins_as_the_identity_and_learns()
    {
        using var scope = NewDisposeScope();
        using var attention = new SelfAttention2d(8);
        var input = randn(2, 8, 3, 5);

        var output = attention.call(input);

        output.equal(input).all().item<bool>().Should().BeTrue();
        (output * randn(2, 8, 3, 5)).sum().backward();
        attention.named_parameters().Single(named => named.name == "gamma").parameter.grad!.abs().item<float>().Should().BePositive();
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(32)]
    public void Attention_stands_behind_the_block_of_its_height(int height)
    {
        using var scope = NewDisposeScope();
        var image = new ImageShape(1, 32, 32);
        using var generator = new ResnetGenerator(image, 4, width: 8, attentionHeight: height, spectralNorm: true);
        generator.named_modules().Single(named => named.module is SelfAttention2d).module.Should().BeOfType<SelfAttention2d>().Which
            .register_forward_pre_hook((_, input) =>
            {
                input.shape[2].Should().Be(height);
                return input;
            });

        generator.Sample(2).shape.Should().Equal(2, 1, 32, 32);
    }

    [Fact]
    public void Wrong_arguments_are_refused_by_name()
    {
        var image = new ImageShape(1, 28, 28);

        FluentActions.Invoking(() => new ResnetGenerator(image, attentionHeight: 16)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("attentionHeight must be the height of a block's output, one of 14, 28, but is 16.*");
        FluentActions.Invoking(() => new ResnetDiscriminator(image, attentionHeight: 28)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*one of 14, 7, but is 28.*");
        FluentActions.Invoking(() => new ResnetGenerator(image, width: 0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("width");
        FluentActions.Invoking(() => new ResnetGenerator(image, classes: 0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("classes");
        FluentActions.Invoking(() => new ResnetDiscriminator(image, classes: 3, auxiliaryClasses: 3)).Should().Throw<ArgumentException>().WithMessage("auxiliaryClasses must not be given beside classes*");
        FluentActions.Invoking(() => new ResnetDiscriminator(new ImageShape(1, 30, 28))).Should().Throw<ArgumentException>().WithMessage("image: height and width*");
        FluentActions.Invoking(() => new UpResidualBlock(2, 2, classes: 2).call(zeros(1, 2, 2, 2), null)).Should().Throw<ArgumentNullException>().WithParameterName("labels");
    }
}
