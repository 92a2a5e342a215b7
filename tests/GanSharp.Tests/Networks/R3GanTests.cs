using FluentAssertions;
using GanSharp.Data.Images;
using GanSharp.Networks.R3Gan;
using GanSharp.Players;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Networks;

public sealed class R3GanTests
{
    private static readonly ImageShape Small = new(1, 8, 8);
    private static readonly R3GanOptions Tiny = new() { Width = 4, GroupSize = 4 };

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
        using var generator = new R3GanGenerator(image, latentSize: 8, Tiny);
        using var discriminator = new R3GanDiscriminator(image, Tiny);

        var images = generator.Sample(3);
        var logits = discriminator.Logits(images);

        images.shape.Should().Equal(3, channels, height, width);
        logits.shape.Should().Equal(3);
    }

    [Theory]
    [InlineData(1, 28, 28, "7x7")]
    [InlineData(3, 32, 32, "4x4")]
    [InlineData(1, 30, 12, "15x6")]
    public void Sides_are_halved_while_they_stay_whole_and_at_least_4(int channels, int height, int width, string smallest)
    {
        using var generator = new R3GanGenerator(new ImageShape(channels, height, width), 8, Tiny);

        generator.named_modules().Select(named => named.name).Where(name => name.StartsWith("body.block", StringComparison.Ordinal)).First().Should().Be($"body.block{smallest}_1");
    }

    [Fact]
    public void The_defaults_are_networks_for_28_by_28_and_for_64_by_64()
    {
        using var scope = NewDisposeScope();
        using var small = new R3GanGenerator(new ImageShape(1, 28, 28));
        using var large = new R3GanDiscriminator(new ImageShape(3, 64, 64));

        small.Prior.Size.Should().Be(64);
        small.Sample(1).shape.Should().Equal(1, 1, 28, 28);
        large.Logits(zeros(2, 3, 64, 64)).shape.Should().Equal(2);
    }

    [Fact]
    public void Every_block_starts_as_the_identity()
    {
        using var scope = NewDisposeScope();
        using var block = new R3GanBlock(channels: 8, groups: 4, networkBlocks: 3);
        var features = randn(2, 8, 5, 5);

        block.call(features).equal(features).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void Once_blocks_add_something_the_scale_hardly_grows_with_their_number()
    {
        manual_seed(0);
        using var scope = NewDisposeScope();
        var features = randn(8, 16, 8, 8);
        double Scale(int count)
        {
            using var blocks = Sequential(Enumerable.Range(0, count).Select(index => ($"block{index}", (Module<Tensor, Tensor>)new R3GanBlock(16, 2, count))));
            // The last layer of a block as it may be after training: it keeps the scale of what it is given.
            foreach (var (_, parameter) in blocks.named_parameters().Where(named => named.name.EndsWith("narrow.weight", StringComparison.Ordinal)))
                _ = init.normal_(parameter, 0, 1 / Math.Sqrt(parameter.shape[1]));
            return blocks.call(features).std().item<float>();
        }

        // Variances add up to (1 + 1/L)^L, where without the scaling by L they would double with each block.
        Scale(32).Should().BeInRange(0.8 * Scale(2), 1.4 * Scale(2));
    }

    [Fact]
    public void Initial_logits_and_samples_have_a_scale_near_1()
    {
        manual_seed(0);
        using var scope = NewDisposeScope();
        var image = new ImageShape(3, 32, 32);
        using var generator = new R3GanGenerator(image);
        using var discriminator = new R3GanDiscriminator(image);

        generator.Sample(64).std().item<float>().Should().BeInRange(0.1f, 2);
        // Plain areas: resampling takes from noise what it takes from every high frequency.
        discriminator.Logits(randn(64, 3, 1, 1).expand(64, 3, 32, 32).contiguous()).std().item<float>().Should().BeInRange(0.1f, 2);
    }

    [Fact]
    public void A_logit_depends_on_its_own_sample_alone()
    {
        using var scope = NewDisposeScope();
        using var discriminator = new R3GanDiscriminator(new ImageShape(1, 12, 12), Tiny);
        Change(discriminator);
        var images = rand(5, 1, 12, 12) * 2 - 1;

        (discriminator.call(images, null).Logits[2] - discriminator.call(images[2..3], null).Logits[0]).abs().item<float>().Should().BeLessThan(1e-6f);
    }

    [Fact]
    public void Classes_change_samples_and_logits_and_must_be_given()
    {
        using var scope = NewDisposeScope();
        var image = new ImageShape(1, 12, 12);
        using var generator = new R3GanGenerator(image, 4, Tiny, classes: 3);
        using var discriminator = new R3GanDiscriminator(image, Tiny, classes: 3);
        var (latents, images) = (randn(1, 4).expand(3, 4).contiguous(), randn(1, 1, 12, 12).expand(3, 1, 12, 12).contiguous());
        var labels = arange(3);

        generator.Sample(latents, labels).flatten(1).std([0]).min().item<float>().Should().BeGreaterThan(0);
        discriminator.Logits(images, labels).std().item<float>().Should().BeGreaterThan(0);
        generator.Invoking(network => network.call(latents, null)).Should().Throw<ArgumentNullException>().WithParameterName("labels");
        discriminator.Invoking(network => network.call(images, null)).Should().Throw<ArgumentNullException>().WithParameterName("labels");
        generator.Invoking(network => network.Sample(2, label: 3)).Should().Throw<ArgumentException>().WithMessage("labels must lie from 0 to 2*");
    }

    [Fact]
    public void A_clone_with_the_same_weights_makes_the_same_samples()
    {
        using var scope = NewDisposeScope();
        using var generator = new R3GanGenerator(new ImageShape(1, 12, 12), 4, Tiny with { BlocksPerMap = 2 }, classes: 3);
        Change(generator);
        using var clone = generator.CloneArchitecture();
        clone.load_state_dict(generator.state_dict());
        var (latents, labels) = (randn(3, 4), arange(3));

        clone.Sample(latents, labels).equal(generator.Sample(latents, labels)).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void Everything_wrong_with_the_options_is_said_at_once()
    {
        var options = new R3GanOptions { Widths = [8, 10, 0], BlocksPerMap = 0, GroupSize = 16 };
        var making = () => new R3GanGenerator(new ImageShape(1, 32, 32), options: options);

        making.Should().Throw<ArgumentException>().WithMessage("options are invalid:*BlocksPerMap must be at least 1 but is 0.*Widths must have 4 entries, one for each side of an image of 1 × 32 × 32, but has 3.*");
        FluentActions.Invoking(() => new R3GanDiscriminator(new ImageShape(1, 16, 16), options with { BlocksPerMap = 1 })).Should().Throw<ArgumentException>()
            .WithMessage("*GroupSize must divide the channels inside each block, 10 × 2 = 20, but is 16.*Widths must be at least 1 each but hold 0.");
        FluentActions.Invoking(() => new R3GanGenerator(new ImageShape(1, 3, 16))).Should().Throw<ArgumentException>()
            .WithMessage("image: an image must have at least 1 channel and sides of at least 4 but is 1 × 3 × 16.*").WithParameterName("image");
        FluentActions.Invoking(() => new R3GanGenerator(new ImageShape(1, 16, 16), classes: 0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("classes");
        FluentActions.Invoking(() => new R3GanBlock(4, groups: 3, networkBlocks: 1)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("groups must divide the 8 channels*");
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void A_run_that_was_interrupted_ends_as_the_run_that_was_not(Precision precision)
    {
        using var folder = new TemporaryFolder();
        NetworkRuns.ResumesExactly(folder, Small, precision,
            () => new R3GanGenerator(Small, 4, Tiny, classes: 3), () => new R3GanDiscriminator(Small, Tiny, classes: 3));
    }

    [Fact]
    public void Steps_and_networks_leave_no_tensor_behind() => NetworkRuns.LeavesNothing(
        Small, () => new R3GanGenerator(Small, 4, Tiny), () => new R3GanDiscriminator(Small, Tiny));

    /// <summary>Lets blocks add something.</summary>
    private static void Change(Module network)
    {
        using var frozen = no_grad();
        foreach (var parameter in network.parameters())
            parameter.add_(randn_like(parameter) * 0.1);
    }
}
