using FluentAssertions;
using GanSharp.Augmentations;
using GanSharp.Schedules;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Augmentations;

/// <summary>Each augmentation's formula on small images by hand, its distribution, its derivatives, and whether samples are changed independently.</summary>
public sealed class AugmentationTests : IDisposable
{
    private static readonly Dictionary<string, Augmentation> All = new()
    {
        ["flip"] = new HorizontalFlip(), ["jitter"] = new ColorJitter(), ["translation"] = new Translation(0.4), ["reflected translation"] = new Translation(0.4, reflects: true), ["cutout"] = new Cutout(),
        ["DiffAugment"] = Augmentation.DiffAugment, ["noise"] = new InstanceNoise(0.3), ["quarter turn"] = new QuarterTurn(), ["warp"] = new AffineWarp(), ["color"] = new ColorTransform(),
        ["pipeline at 0.5"] = new ScheduledAugmentation(AdaptiveAugmentation.DefaultPipeline, 0.5),
    };

    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public static TheoryData<string> Names => [.. All.Keys];

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Derivatives_are_those_of_finite_differences_and_exist_twice(string name)
    {
        var images = Images(2, 3, 4, 4).requires_grad_(true);
        Tensor Loss(Tensor given) => Draws(All[name], given).pow(3).sum();

        var gradient = autograd.grad([Loss(images)], [images], retain_graph: true, create_graph: true)[0];
        // What R1 does: a function of the gradient, differentiated by the image again.
        gradient.square().sum().backward();

        using var frozen = no_grad();
        var direction = Images(2, 3, 4, 4, seed: 9);
        const double Step = 1e-5;
        var difference = (Loss(images + direction * Step) - Loss(images - direction * Step)).item<double>() / (2 * Step);
        (gradient * direction).sum().item<double>().Should().BeApproximately(difference, 1e-6 * Math.Abs(difference) + 1e-8);
        // ∂/∂x |∇|² · v = 2 ∇·(H v), and H v is a difference of gradients.
        Tensor Gradient(double shift)
        {
            using var learning = enable_grad();
            var moved = (images.detach() + direction * shift).requires_grad_(true);
            return autograd.grad([Loss(moved)], [moved])[0];
        }
        var second = 2 * (gradient * (Gradient(Step) - Gradient(-Step)) / (2 * Step)).sum().item<double>();
        (images.grad! * direction).sum().item<double>().Should().BeApproximately(second, 1e-5 * Math.Abs(second) + 1e-7);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Samples_keep_shape_and_type_and_are_changed_each_by_draws_of_its_own(string name)
    {
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16 })
            foreach (var channels in new[] { 1L, 3 })
            {
                var image = Images(1, channels, 8, 8).to(type);

                var changed = Draws(All[name], image.expand(64, channels, 8, 8).clone());

                (changed.dtype, changed.shape.SequenceEqual([64, channels, 8, 8])).Should().Be((type, true));
                var kinds = Enumerable.Range(0, 64).Select(sample => Convert.ToHexString(changed[sample].to(ScalarType.Float32).contiguous().bytes.ToArray())).Distinct().Count();
                kinds.Should().BeGreaterThan(1, "each of the 64 equal images has draws of its own");
            }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_sample_is_changed_as_if_the_others_were_other_images(string name)
    {
        var (images, others) = (Images(4, 3, 6, 6), Images(4, 3, 6, 6, seed: 5));
        var mixed = cat([images.narrow(0, 0, 1), others.narrow(0, 1, 3)]);

        Draws(All[name], mixed)[0].equal(Draws(All[name], images)[0]).all().item<bool>().Should().BeTrue();
        Draws(All[name], mixed)[1].equal(Draws(All[name], images)[1]).all().item<bool>().Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_stream_gives_the_same_and_torchs_global_generator_is_not_drawn_from(string name)
    {
        var images = Images(8, 3, 6, 6);
        using var state = get_rng_state();

        var first = Draws(All[name], images);

        Draws(All[name], images).equal(first).all().item<bool>().Should().BeTrue();
        Draws(All[name], images, seed: 12).equal(first).all().item<bool>().Should().BeFalse();
        using var after = get_rng_state();
        after.equal(state).all().item<bool>().Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void At_probability_0_nothing_changes_bit_for_bit_and_at_1_almost_all_does(string name)
    {
        var images = Images(200, 3, 6, 6);
        Tensor At(double probability)
        {
            using var random = new TorchSharp.torch.Generator(3);
            return All[name].Apply(images, random, 0, tensor(probability, ScalarType.Float32));
        }
        static double Share(Tensor changed, Tensor images) => changed.ne(images).flatten(1).any(1).to(ScalarType.Float64).mean().item<double>();

        Share(At(0), images).Should().Be(0);
        var (half, whole) = (Share(At(0.5), images), Share(At(1), images));
        whole.Should().BeGreaterThan(0.35, "a flip at p = 1 changes half the images");
        half.Should().BeInRange(0.1, whole - 0.02);
    }

    [Fact]
    public void Flips_mirror_half_the_images()
    {
        var images = Images(2_000, 1, 2, 3);

        var flipped = Draws(new HorizontalFlip(), images);

        var isMirror = flipped.eq(images.flip(3)).flatten(1).all(1);
        isMirror.logical_or(flipped.eq(images).flatten(1).all(1)).all().item<bool>().Should().BeTrue();
        isMirror.to(ScalarType.Float64).mean().item<double>().Should().BeApproximately(0.5, 4 * 0.5 / Math.Sqrt(2_000));
    }

    [Fact]
    public void Brightness_adds_the_same_to_every_pixel()
    {
        var images = Images(500, 3, 4, 4);

        var change = (Draws(new ColorJitter(0.5, 0, 0), images) - images).flatten(1);

        (change.amax([1]) - change.amin([1])).max().item<double>().Should().BeLessThan(1e-14);
        var each = change.mean([1]);
        // Uniform in ±0.5: mean 0, deviation 1/√12.
        ShouldSpan(each, -0.5, 0.5);
        each.mean().item<double>().Should().BeApproximately(0, 4 / Math.Sqrt(12 * 500));
    }

    [Fact]
    public void Saturation_scales_about_the_mean_of_each_pixel_and_leaves_gray_images()
    {
        var images = Images(500, 3, 4, 4);
        var mean = images.mean([1], keepdim: true);

        var changed = Draws(new ColorJitter(0, 1, 0), images);

        (changed.mean([1], keepdim: true) - mean).abs().max().item<double>().Should().BeLessThan(1e-14);
        var factors = Factors(changed - mean, images - mean);
        factors.Deviation.Should().BeLessThan(1e-9);
        ShouldSpan(factors.Each, 0, 2);
        var gray = Images(10, 1, 4, 4);
        Draws(new ColorJitter(0, 1, 0), gray).allclose(gray, rtol: 0, atol: 1e-14).Should().BeTrue();
    }

    [Fact]
    public void Contrast_scales_about_the_mean_of_the_image()
    {
        var images = Images(500, 3, 4, 4);
        var mean = images.mean([1, 2, 3], keepdim: true);

        var changed = Draws(new ColorJitter(0, 0, 0.5), images);

        (changed.mean([1, 2, 3], keepdim: true) - mean).abs().max().item<double>().Should().BeLessThan(1e-14);
        var factors = Factors(changed - mean, images - mean);
        factors.Deviation.Should().BeLessThan(1e-9);
        ShouldSpan(factors.Each, 0.5, 1.5);
    }

    [Fact]
    public void Translation_moves_by_whole_pixels_all_as_often_and_fills_with_zeros_or_the_reflection()
    {
        // One row of four pixels: moves of 2 pixels at most, none along the one row.
        var image = tensor([1.0, 2, 3, 4]).view(1, 1, 1, 4).expand(5_000, 1, 1, 4).clone();
        Dictionary<string, int> Rows(bool reflects) => Draws(new Translation(0.4, reflects), image).data<double>().ToArray().Chunk(4).CountBy(row => string.Join(' ', row)).ToDictionary();

        var (zeros, reflected) = (Rows(false), Rows(true));

        zeros.Keys.Should().BeEquivalentTo("3 4 0 0", "2 3 4 0", "1 2 3 4", "0 1 2 3", "0 0 1 2");
        reflected.Keys.Should().BeEquivalentTo("3 4 3 2", "2 3 4 3", "1 2 3 4", "2 1 2 3", "3 2 1 2");
        zeros.Values.Should().OnlyContain(count => Math.Abs(count - 1_000) < 4 * Math.Sqrt(800));
    }

    [Fact]
    public void A_cutout_is_a_rectangle_of_zeros_whose_center_is_anywhere()
    {
        var images = ones([5_000, 2, 4, 4], ScalarType.Float64);

        var holes = 1 - Draws(new Cutout(), images);

        holes.select(1, 0).equal(holes.select(1, 1)).all().item<bool>().Should().BeTrue("all channels lose the same pixels");
        // A side of 2 has five places, two of which show one row: so 1, 2 or 4 pixels, with a mean of 1.6² of them.
        var pixels = holes.select(1, 0).sum([1, 2]);
        pixels.data<double>().ToArray().Distinct().Should().BeEquivalentTo([1.0, 2, 4]);
        pixels.mean().item<double>().Should().BeApproximately(1.6 * 1.6, 4 * 1.2 / Math.Sqrt(5_000));
        holes.mean([0, 1]).amin().item<double>().Should().BeGreaterThan(0.1, "no pixel is spared");
    }

    [Fact]
    public void Instance_noise_has_the_deviation_of_its_step()
    {
        var noise = new InstanceNoise(Schedule.Linear(0.4, 0, 100));
        var samples = zeros([20_000, 2], ScalarType.Float64);
        double Deviation(long step)
        {
            using var random = new TorchSharp.torch.Generator(1);
            return noise.Apply(samples, random, step).std().item<double>();
        }

        Deviation(0).Should().BeApproximately(0.4, 0.4 * 4 / Math.Sqrt(80_000));
        Deviation(50).Should().BeApproximately(0.2, 0.2 * 4 / Math.Sqrt(80_000));
        Deviation(100).Should().Be(0);
    }

    [Fact]
    public void Quarter_turns_are_the_four_of_a_square_and_the_two_of_another_rectangle()
    {
        Dictionary<string, int> Kinds(long height, long width) => Draws(new QuarterTurn(), arange(height * width, ScalarType.Float64).view(1, 1, height, width).expand(4_000, 1, height, width).clone())
            .data<double>().ToArray().Chunk((int)(height * width)).CountBy(pixels => string.Concat(pixels)).ToDictionary();

        var square = Kinds(2, 2);

        // 0 1 / 2 3, and it turned.
        square.Keys.Should().BeEquivalentTo("0123", "1302", "3210", "2031");
        square.Values.Should().OnlyContain(count => Math.Abs(count - 1_000) < 4 * Math.Sqrt(750));
        Kinds(1, 3).Keys.Should().BeEquivalentTo("012", "210");
    }

    [Fact]
    public void A_warp_of_a_linear_ramp_is_the_ramp_at_the_place_that_each_pixel_comes_from()
    {
        // Only moves: bilinear sampling is exact on a ramp, away from the reflected border.
        var ramp = arange(16, ScalarType.Float64).view(1, 1, 1, 16).expand(500, 1, 16, 16).clone();

        var moved = Draws(new AffineWarp(0, 0, 0, 0.02), ramp);

        var differences = moved.narrow(3, 4, 8).diff(1, 3);
        differences.sub(1).abs().max().item<double>().Should().BeLessThan(1e-12);
        var moves = (ramp - moved).narrow(3, 8, 1).flatten();
        moves.std().item<double>().Should().BeApproximately(0.02 * 16, 0.32 * 0.15);
    }

    [Fact]
    public void Equal_distributions_stay_equal_and_unlike_ones_unlike_under_the_pipeline()
    {
        // The mean over changes of two kinds of images: invariance lets G learn the data's kind and no other.
        var (bright, dark) = (full([4_000, 1, 4, 4], 0.5, ScalarType.Float64), full([4_000, 1, 4, 4], -0.5, ScalarType.Float64));
        double Mean(Tensor images, ulong seed) => Draws(new ScheduledAugmentation(AdaptiveAugmentation.DefaultPipeline, 0.5), images, seed).mean().item<double>();

        Mean(bright, 1).Should().BeApproximately(Mean(bright, 2), 0.05);
        Mean(bright, 1).Should().BeGreaterThan(Mean(dark, 2) + 0.3);
        // Luma flips at p = 0.5 turn a quarter of the images: E = 0.5 · (3/4 − 1/4) · E[contrast], and contrast is e^((σ ln 2)²/2) for a half.
        Mean(bright, 1).Should().BeApproximately(0.25 * (0.5 + 0.5 * Math.Exp(Math.Pow(0.5 * Math.Log(2), 2) / 2)), 0.04);
    }

    [Fact]
    public void What_is_no_image_and_no_share_is_refused_by_name()
    {
        var points = zeros(4, 2);
        foreach (var augmentation in new Augmentation[] { new HorizontalFlip(), new ColorJitter(), new Translation(), new Cutout(), new QuarterTurn(), new AffineWarp(), new ColorTransform() })
            augmentation.Invoking(it => Draws(it, points)).Should().Throw<ArgumentException>().WithMessage($"samples must be images of shape [N, C, H, W] for {augmentation.GetType().Name} but have shape*");
        var refusals = new Action[]
        {
            () => _ = new Translation(1.1), () => _ = new Cutout(-0.1), () => _ = new ColorJitter(-1), () => _ = new ColorTransform(hue: double.NaN), () => _ = new AffineWarp(scale: double.PositiveInfinity),
            () => _ = new InstanceNoise(-1), () => _ = new ScheduledAugmentation(new Cutout(), 1.5), () => _ = new AdaptiveAugmentation { Target = 1 }, () => _ = new AdaptiveAugmentation { ImagesToFull = 0 },
            () => _ = new AdaptiveAugmentation { EveryObservations = 0 }, () => _ = new AdaptiveAugmentation { LargestProbability = 1.1 },
        };
        foreach (var refusal in refusals)
            refusal.Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => Augmentation.Sequence()).Should().Throw<ArgumentException>().WithMessage("parts must hold at least one*");
    }

    /// <summary>Five hundred draws of a uniform number come within a fiftieth of both ends and never beyond.</summary>
    private static void ShouldSpan(Tensor draws, double low, double high)
    {
        var near = (high - low) / 50;
        draws.amin().item<double>().Should().BeInRange(low, low + near);
        draws.amax().item<double>().Should().BeInRange(high - near, high);
    }

    private static (Tensor Each, double Deviation) Factors(Tensor changed, Tensor original)
    {
        var factor = (changed * original).flatten(1).sum(1) / original.square().flatten(1).sum(1);
        return (factor, (changed - original * factor.view(-1, 1, 1, 1)).abs().max().item<double>());
    }

    private static Tensor Draws(Augmentation augmentation, Tensor images, ulong seed = 11)
    {
        using var random = new TorchSharp.torch.Generator(seed);
        return augmentation.Apply(images, random, stepsTaken: 0);
    }

    private static Tensor Images(long count, long channels, long height, long width, ulong seed = 2)
    {
        using var random = new TorchSharp.torch.Generator(seed);
        return rand([count, channels, height, width], ScalarType.Float64, generator: random) * 2 - 1;
    }
}
