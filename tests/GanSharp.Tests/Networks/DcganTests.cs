using FluentAssertions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Networks;

public sealed class DcganTests
{
    [Theory]
    [InlineData(1, 28, 28)]
    [InlineData(3, 32, 32)]
    [InlineData(4, 64, 64)]
    [InlineData(3, 48, 20)]
    [InlineData(1, 4, 4)]
    [InlineData(1, 12, 100)]
    public void Any_image_whose_sides_are_multiples_of_4_is_made_and_judged(int channels, int height, int width)
    {
        using var scope = NewDisposeScope();
        var image = new ImageShape(channels, height, width);
        using var generator = new DcganGenerator(image, latentSize: 8, width: 4);
        using var discriminator = new DcganDiscriminator(image, width: 4);

        var images = generator.Sample(3);
        var logits = discriminator.Logits(images);

        images.shape.Should().Equal(3, channels, height, width);
        images.abs().max().item<float>().Should().BeLessThanOrEqualTo(1);
        logits.shape.Should().Equal(3);
    }

    [Theory]
    [InlineData(1, 30, 28, "image: height and width must be positive multiples of 4 but the image is 1 × 30 × 28.*")]
    [InlineData(1, 0, 28, "image: height and width must be positive multiples of 4 but the image is 1 × 0 × 28.*")]
    [InlineData(2, 28, 28, "image: an image must have 1, 3 or 4 channels but 2 × 28 × 28 has 2.*")]
    public void Other_images_are_refused_by_both(int channels, int height, int width, string message)
    {
        var image = new ImageShape(channels, height, width);
        var makeGenerator = () => new DcganGenerator(image);
        var makeDiscriminator = () => new DcganDiscriminator(image);

        makeGenerator.Should().Throw<ArgumentException>().WithMessage(message);
        makeDiscriminator.Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Fact]
    public void Weights_start_as_the_paper_says()
    {
        manual_seed(0);
        using var scope = NewDisposeScope();
        using var generator = new DcganGenerator(new ImageShape(3, 32, 32));
        using var discriminator = new DcganDiscriminator(new ImageShape(3, 32, 32), batchNorm: true);

        foreach (var (_, module) in generator.named_modules().Concat(discriminator.named_modules()))
        {
            switch (module)
            {
                case Conv2d layer: ShouldBeNormal(layer.weight!, 0); break;
                case ConvTranspose2d layer: ShouldBeNormal(layer.weight!, 0); break;
                case Linear layer: ShouldBeNormal(layer.weight!, 0); break;
                case BatchNorm2d layer:
                    ShouldBeNormal(layer.weight!, 1);
                    layer.bias!.count_nonzero().item<long>().Should().Be(0);
                    break;
            }
        }
    }

    [Fact]
    public void Without_batch_norm_a_logit_depends_on_its_own_sample_alone()
    {
        using var scope = NewDisposeScope();
        using var discriminator = new DcganDiscriminator(new ImageShape(1, 28, 28), width: 8);
        var images = rand(5, 1, 28, 28) * 2 - 1;

        discriminator.train();
        var together = discriminator.call(images, null).Logits;
        var alone = discriminator.call(images[2..3], null).Logits;

        (together[2] - alone[0]).abs().item<float>().Should().BeLessThan(1e-6f);
    }

    private static void ShouldBeNormal(Tensor weight, double mean)
    {
        var values = weight.detach().to(float64);
        var count = values.numel();
        // Four standard errors of a mean and of a standard deviation.
        Math.Abs(values.mean().item<double>() - mean).Should().BeLessThan(4 * 0.02 / Math.Sqrt(count));
        Math.Abs(values.std().item<double>() - 0.02).Should().BeLessThan(4 * 0.02 / Math.Sqrt(2.0 * count));
    }
}
