using FluentAssertions;
using GanSharp.Data.Images;
using GanSharp.Networks.StyleGan;
using GanSharp.Players;
using GanSharp.Randomness;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Networks;

public sealed class StyleGan2Tests
{
    private static readonly StyleGan2Options Tiny = new() { Width = 4 };
    private static readonly ImageShape Image = new(1, 12, 12), Small = new(1, 8, 8);

    [Theory]
    [InlineData(1, 28, 28)]
    [InlineData(3, 32, 32)]
    [InlineData(3, 64, 64)]
    [InlineData(2, 30, 12)]
    [InlineData(5, 4, 4)]
    public void Images_of_any_sides_and_channels_are_made_and_judged(int channels, int height, int width)
    {
        using var scope = NewDisposeScope();
        var image = new ImageShape(channels, height, width);
        using var generator = new StyleGan2Generator(image, latentSize: 8, Tiny);
        using var discriminator = new StyleGan2Discriminator(image, Tiny with { MinibatchGroup = 4 });

        var images = generator.Sample(3);

        images.shape.Should().Equal(3, channels, height, width);
        discriminator.Logits(images).shape.Should().Equal(3);
    }

    [Fact]
    public void A_latent_vector_holds_z_and_one_value_of_noise_for_each_pixel_of_each_layer()
    {
        using var noisy = new StyleGan2Generator(new ImageShape(1, 28, 28), 8, Tiny);
        using var plain = new StyleGan2Generator(new ImageShape(1, 28, 28), 8, Tiny with { Noise = false });

        noisy.NoiseSize.Should().Be(7 * 7 + 2 * 14 * 14 + 2 * 28 * 28);
        noisy.Prior.Size.Should().Be(8 + noisy.NoiseSize);
        (plain.NoiseSize, plain.Prior.Size).Should().Be((0, 8));
    }

    [Fact]
    public void Samples_are_a_function_of_the_latents_whatever_is_drawn_in_between()
    {
        using var scope = NewDisposeScope();
        using var generator = new StyleGan2Generator(Image, 8, Tiny);
        Change(generator);
        var latents = generator.Prior.Sample(3, SeededRandom.Create(1, "test"));

        var first = generator.Sample(latents);
        rand(100).Dispose();
        var second = generator.Sample(latents);
        var otherNoise = generator.Sample(cat([latents.narrow(1, 0, 8), randn(3, generator.NoiseSize)], 1));

        second.equal(first).all().item<bool>().Should().BeTrue();
        otherNoise.allclose(first).Should().BeFalse("noise changes samples once its strength isn't 0");
    }

    [Fact]
    public void The_length_of_z_does_not_matter()
    {
        using var scope = NewDisposeScope();
        using var generator = new StyleGan2Generator(Image, 8, Tiny with { Noise = false });
        var latents = randn(3, 8);

        generator.Sample(latents * 3).allclose(generator.Sample(latents), 1e-4, 1e-5).Should().BeTrue();
    }

    [Fact]
    public void Demodulation_removes_the_scale_of_a_style()
    {
        using var scope = NewDisposeScope();
        using var convolution = new ModulatedConv2d(16, 64, 3, styleSize: 4);
        using var plain = new ModulatedConv2d(16, 64, 3, styleSize: 4, demodulates: false);
        foreach (var layer in new[] { convolution, plain })
            Zero(layer, "style.bias");
        var (features, styles) = (randn(32, 16, 8, 8), randn(32, 4));

        convolution.call(features, styles * 5).allclose(convolution.call(features, styles), 1e-3, 1e-4).Should().BeTrue();
        plain.call(features, styles * 5).allclose(plain.call(features, styles) * 5, 1e-3, 1e-4).Should().BeTrue();
        // Inside the border, where no zeros are among the inputs.
        convolution.call(features, styles).narrow(2, 1, 6).narrow(3, 1, 6).std().item<float>().Should().BeApproximately(1, 0.05f);
    }

    [Fact]
    public void Training_tracks_the_mean_style_and_evaluation_does_not()
    {
        using var scope = NewDisposeScope();
        using var generator = new StyleGan2Generator(Image, 8, Tiny);
        Tensor Mean() => generator.named_buffers().Single(named => named.name == "mapping.mean").buffer.clone();
        generator.eval();
        generator.call(generator.Prior.Sample(4), null);
        Mean().count_nonzero().item<long>().Should().Be(0);

        generator.train();
        for (var step = 0; step < 3; step++)
            generator.call(generator.Prior.Sample(256), null);

        using var frozen = no_grad();
        var styles = generator.named_modules().Single(named => named.name == "mapping").module as Module<Tensor, Tensor?, Tensor>;
        styles!.eval();
        var expected = styles.call(randn(20_000, 8), null).mean([0]) * (1 - Math.Pow(0.998, 3));
        Mean().allclose(expected, 0, 0.1 * expected.abs().max().item<float>()).Should().BeTrue();
    }

    [Fact]
    public void Truncation_goes_from_the_mean_style_to_the_style_itself()
    {
        using var scope = NewDisposeScope();
        using var generator = new StyleGan2Generator(Image, 8, Tiny with { Noise = false });
        generator.train();
        for (var step = 0; step < 3; step++)
            generator.call(generator.Prior.Sample(64), null);
        var latents = generator.Prior.Sample(5);

        var (full, half, none) = (generator.SampleTruncated(latents, 1), generator.SampleTruncated(latents, 0.5), generator.SampleTruncated(latents, 0));

        full.equal(generator.Sample(latents)).all().item<bool>().Should().BeTrue();
        none.std([0]).max().item<float>().Should().BeLessThan(1e-6f, "all have the mean style");
        half.std([0]).mean().item<float>().Should().BeInRange(1e-4f, full.std([0]).mean().item<float>());
        generator.SampleTruncated(4, 0.7, random: SeededRandom.Create(1, "test")).equal(generator.SampleTruncated(4, 0.7, random: SeededRandom.Create(1, "test"))).all().item<bool>().Should().BeTrue();
        generator.Invoking(network => network.SampleTruncated(1, double.NaN)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("truncation");
    }

    [Fact]
    public void A_logit_depends_on_its_batch_only_where_samples_are_compared()
    {
        using var scope = NewDisposeScope();
        using var alone = new StyleGan2Discriminator(Image, Tiny);
        using var compared = new StyleGan2Discriminator(Image, Tiny with { MinibatchGroup = 4 });
        var images = rand(8, 1, 12, 12) * 2 - 1;
        float Difference(StyleGan2Discriminator discriminator) =>
            (discriminator.call(images, null).Logits[2] - discriminator.call(images[2..3], null).Logits[0]).abs().item<float>();

        Difference(alone).Should().BeLessThan(1e-6f);
        Difference(compared).Should().BeGreaterThan(1e-4f);
    }

    [Fact]
    public void The_deviation_of_a_group_is_the_mean_of_those_of_its_features()
    {
        using var scope = NewDisposeScope();
        using var layer = new MinibatchStandardDeviation(group: 4);
        // Group 0 holds samples 0 and 2, group 1 samples 1 and 3: of six, the largest size up to 4 that divides them is 3.
        var features = tensor(new float[] { 0, 5, 2, 5, 4, 5 }).view(6, 1, 1, 1).expand(6, 2, 3, 3).contiguous();

        var deviations = layer.call(features).narrow(1, 2, 1);

        deviations.shape.Should().Equal(6, 1, 3, 3);
        for (var sample = 0; sample < 6; sample++)
            deviations[sample, 0, 1, 1].item<float>().Should().BeApproximately(sample % 2 == 0 ? MathF.Sqrt(8 / 3f) : 1e-4f, 1e-5f);
    }

    [Fact]
    public void Initial_scales_are_near_1_at_every_depth()
    {
        manual_seed(0);
        using var scope = NewDisposeScope();
        foreach (var side in new[] { 8, 32, 64 })
        {
            using var generator = new StyleGan2Generator(new ImageShape(3, side, side), options: new() { Width = 16 });
            using var discriminator = new StyleGan2Discriminator(new ImageShape(3, side, side), new() { Width = 16 });

            generator.Sample(16).std().item<float>().Should().BeInRange(0.3f, 4);
            discriminator.Logits(randn(32, 3, 1, 1).expand(32, 3, side, side).contiguous()).std().item<float>().Should().BeInRange(0.1f, 3);
        }
    }

    [Fact]
    public void Classes_change_samples_and_logits_and_must_be_given()
    {
        using var scope = NewDisposeScope();
        using var generator = new StyleGan2Generator(Image, 4, Tiny, classes: 3);
        using var discriminator = new StyleGan2Discriminator(Image, Tiny, classes: 3);
        var (latents, images) = (generator.Prior.Sample(1).expand(3, -1).contiguous(), randn(1, 1, 12, 12).expand(3, 1, 12, 12).contiguous());

        generator.Sample(latents, arange(3)).std([0]).mean().item<float>().Should().BeGreaterThan(1e-4f);
        discriminator.Logits(images, arange(3)).std().item<float>().Should().BeGreaterThan(1e-4f);
        generator.Invoking(network => network.call(latents, null)).Should().Throw<ArgumentNullException>().WithParameterName("labels");
        discriminator.Invoking(network => network.call(images, null)).Should().Throw<ArgumentNullException>().WithParameterName("labels");
        using var clone = generator.CloneArchitecture();
        clone.load_state_dict(generator.state_dict());
        clone.Sample(latents, arange(3)).equal(generator.Sample(latents, arange(3))).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void Everything_wrong_with_the_options_is_said_at_once()
    {
        FluentActions.Invoking(() => new StyleGan2Discriminator(new ImageShape(1, 16, 16), new() { Widths = [4, 0], MappingLayers = 0, MinibatchGroup = 1 })).Should().Throw<ArgumentException>()
            .WithMessage("options are invalid:*MappingLayers must be at least 1 but is 0.*MinibatchGroup must be at least 2, or null for none, but is 1.*Widths must have 3 entries*has 2.*each but hold 0.");
        FluentActions.Invoking(() => new StyleGan2Generator(Image, latentSize: 0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("latentSize");
        FluentActions.Invoking(() => new StyleGan2Generator(Image, classes: 0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("classes");
        FluentActions.Invoking(() => new EqualizedConv2d(1, 1, 2)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("kernelSize must be odd and at least 1.*");
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void A_run_that_was_interrupted_ends_as_the_run_that_was_not(Precision precision)
    {
        using var folder = new TemporaryFolder();
        NetworkRuns.ResumesExactly(folder, Small, precision,
            () => new StyleGan2Generator(Small, 4, Tiny, classes: 3), () => new StyleGan2Discriminator(Small, Tiny with { MinibatchGroup = 4 }, classes: 3));
    }

    [Fact]
    public void Steps_and_networks_leave_no_tensor_behind() => NetworkRuns.LeavesNothing(
        Small, () => new StyleGan2Generator(Small, 4, Tiny), () => new StyleGan2Discriminator(Small, Tiny));

    private static void Zero(Module module, string name)
    {
        using var frozen = no_grad();
        module.named_parameters().Single(named => named.name == name).parameter.zero_();
    }

    private static void Change(Module network)
    {
        using var frozen = no_grad();
        foreach (var parameter in network.parameters())
            parameter.add_(randn_like(parameter) * 0.1);
    }
}
