using FluentAssertions;
using GanSharp.Contracts;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Diagnostics.Monitoring;
using GanSharp.Networks;
using GanSharp.Networks.Residual;
using GanSharp.Penalties;
using GanSharp.Training;
using Xunit;
using PackedDiscriminator = GanSharp.Networks.Packing.PackedDiscriminator;
using static TorchSharp.torch;

namespace GanSharp.Tests.Networks;

public sealed class PackedDiscriminatorTests
{
    private static readonly ImageShape Image = new(3, 8, 8);

    [Fact]
    public void A_logit_is_that_of_the_wrapped_network_for_the_images_of_a_pack_behind_one_another()
    {
        using var scope = NewDisposeScope();
        var inner = new DcganDiscriminator(Image.Packed(2), width: 4);
        using var packed = new PackedDiscriminator(inner, samplesPerLogit: 2);
        var images = rand(6, 3, 8, 8);

        var logits = packed.Logits(images);

        packed.SamplesPerLogit.Should().Be(2);
        logits.shape.Should().Equal(3);
        for (var pack = 0; pack < 3; pack++)
            (inner.Logits(cat([images[2 * pack], images[2 * pack + 1]], 0).unsqueeze(0))[0] - logits[pack]).abs().item<float>().Should().BeLessThan(1e-6f);
    }

    [Fact]
    public void Points_are_packed_and_the_run_trains_with_a_penalty()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 16, 2);
        using var discriminator = new PackedDiscriminator(new MlpDiscriminator(8, 16), samplesPerLogit: 4);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 16, DiscriminatorPenalties = [new R1(0.1)] });

        var report = trainer.Train(10).Every(10).Single();

        report.Penalty.Should().BePositive();
        report.Diagnostics!.Refusal.Should().StartWith("D judges 4 samples per logit");
    }

    [Fact]
    public void A_pack_larger_than_a_piece_of_a_pass_is_judged_whole_by_one_process_and_by_several()
    {
        using var scope = NewDisposeScope();
        using var packed = new PackedDiscriminator(new MlpDiscriminator(600, 4), samplesPerLogit: 300);
        var points = rand(900, 2);
        var expected = packed.forward(points, null).Logits;

        (packed.Logits(points) - expected).abs().max().item<float>().Should().BeLessThan(1e-5f);
        RankThreads.Run(2, ranks => new DividedWork(ranks).Outputs(900, 300, (start, length) => packed.Judge(points.narrow(0, start, length), null)).Logits.sub(expected).abs().max().item<float>())
            .Should().AllSatisfy(difference => difference.Should().BeLessThan(1e-5f));
    }

    [Fact]
    public void The_average_of_G_is_measured_where_a_pack_is_larger_than_a_piece()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 4, 2);
        using var discriminator = new PackedDiscriminator(new MlpDiscriminator(600, 4), samplesPerLogit: 300);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 300, EmaHalfLifeImages = 100, Diagnostics = new() { Samples = 600 } });

        trainer.Train(1).Every(1).Single().Diagnostics!.GeneratorGradientWeight.Should().BeInRange(0.01, 1);
    }

    [Fact]
    public void Packs_of_packs_count_all_samples()
    {
        using var scope = NewDisposeScope();
        using var packed = new PackedDiscriminator(new PackedDiscriminator(new MlpDiscriminator(12, 4), samplesPerLogit: 2), samplesPerLogit: 3);

        packed.SamplesPerLogit.Should().Be(6);
        packed.Logits(rand(12, 2)).shape.Should().Equal(2);
    }

    [Fact]
    public void What_belongs_to_packs_and_not_to_samples_is_left_out()
    {
        using var scope = NewDisposeScope();
        using var packed = new PackedDiscriminator(new ResnetDiscriminator(Image.Packed(2), width: 2, auxiliaryClasses: 3), samplesPerLogit: 2);

        var output = packed.Judge(rand(4, 3, 8, 8));

        (output.ClassLogits, output.Features).Should().Be((null, null));
    }

    [Fact]
    public void A_shape_of_packs_is_supported_where_that_of_one_image_is()
    {
        Image.Packed(2).Packed(2).Should().Be(Image.Packed(4)).And.NotBe(new ImageShape(12, 8, 8));
        Image.Packed(4).Size.Should().Be(4 * Image.Size);
        FluentActions.Invoking(() => new DcganDiscriminator(new ImageShape(2, 8, 8).Packed(2))).Should().Throw<ArgumentException>().WithMessage("*1, 3 or 4 channels but 4 × 8 × 8*");
        FluentActions.Invoking(() => Image.Packed(0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("samples");
    }

    [Fact]
    public void A_conditional_network_and_batches_that_do_not_fit_are_refused()
    {
        using var conditional = new MlpDiscriminator(4, 4, classes: 2);
        using var packed = new PackedDiscriminator(new MlpDiscriminator(4, 4), samplesPerLogit: 2);
        using var three = rand(3, 2);

        FluentActions.Invoking(() => new PackedDiscriminator(conditional, 2)).Should().Throw<ArgumentException>().WithMessage("inner must be unconditional*MlpDiscriminator has 2 classes*");
        FluentActions.Invoking(() => new PackedDiscriminator(packed, 0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("samplesPerLogit");
        packed.Invoking(network => network.call(three, null)).Should().Throw<ArgumentException>().WithMessage("samples must have shape [N, C, …] with N a multiple of the 2 samples per logit but have shape [3, 2].*");
    }
}
