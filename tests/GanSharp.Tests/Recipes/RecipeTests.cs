using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties.Lipschitz;
using GanSharp.Recipes;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Recipes;

public sealed class RecipeTests
{
    private const int Steps = 4;
    private static readonly ImageShape Gray = new(1, 16, 16), Color = new(3, 16, 16);

    /// <summary>Each recipe, small enough for a test.</summary>
    private static Dictionary<string, Func<ImageShape, int?, Recipe>> Small { get; } = new()
    {
        [nameof(Goodfellow2014)] = (image, _) => new Goodfellow2014(image) { GeneratorWidth = 16, DiscriminatorWidth = 8 },
        [nameof(Dcgan)] = (image, classes) => new Dcgan(image, classes) { LatentSize = 4, Width = 4 },
        [nameof(WganGp)] = (image, classes) => new WganGp(image, classes) { LatentSize = 4, Width = 4 },
        [nameof(SnganHinge)] = (image, classes) => new SnganHinge(image, classes) { LatentSize = 4, Width = 4 },
        [nameof(R3Gan)] = (image, classes) => new R3Gan(image, classes) { LatentSize = 4, Network = new() { Width = 4, GroupSize = 4 } },
        [nameof(StyleGan2)] = (image, classes) => new StyleGan2(image, classes) { LatentSize = 4, Network = new() { Width = 4, MappingLayers = 2 } },
        [nameof(PacGan)] = (image, _) => new PacGan(image) { LatentSize = 4, Width = 4, Packing = 3 },
    };

    public static TheoryData<string> Names => [.. Small.Keys];

    public static TheoryData<string> Conditional => [nameof(Dcgan), nameof(WganGp), nameof(SnganHinge), nameof(R3Gan), nameof(StyleGan2)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_recipe_trains_gray_and_color_images(string name)
    {
        foreach (var image in new[] { Gray, Color })
            Train(Small[name](image, null), image, labels: false);
    }

    [Theory]
    [MemberData(nameof(Conditional))]
    public void A_recipe_trains_classes(string name)
    {
        var recipe = Small[name](Gray, 2);

        recipe.Classes.Should().Be(2);
        Train(recipe, Gray, labels: true);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_recipe_says_what_it_is(string name)
    {
        var recipe = Small[name](Gray, null);

        recipe.ToString().Should().Be($"{name} ({recipe.Source})").And.MatchRegex("et al. 20[0-9]{2}");
        recipe.Image.Should().Be(Gray);
        FluentActions.Invoking(() => recipe.Options(steps: 1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("steps");
        FluentActions.Invoking(() => Small[name](new ImageShape(2, 16, 16), null)).Should().Throw<ArgumentException>().WithMessage("image: *channels*");
    }

    [Fact]
    public void The_options_are_those_of_the_papers()
    {
        var goodfellow = new Goodfellow2014(Gray).Options(50_000);
        var descent = (SgdOptions)goodfellow.DiscriminatorOptimizer;
        (goodfellow.BatchSize, goodfellow.DiscriminatorSteps, descent.LearningRate.From, descent.Momentum.From, descent.Momentum.To).Should().Be((100, 1, 0.05, 0.5, 0.7));
        ((SgdOptions)goodfellow.GeneratorOptimizer).LearningRate.From.Should().Be(0.1, "the paper halves D's loss");
        descent.LearningRate.To.Should().BeApproximately(0.05 * Math.Exp(-50_000 * Math.Log(1.000004)), 1e-12);

        var dcgan = new Dcgan(Gray).Options(2);
        Rates(dcgan).Should().Be((2e-4, 0.5, 0.999));
        (dcgan.BatchSize, dcgan.Objective).Should().Be((128, GanObjective.NonSaturating));

        var critic = new WganGp(Gray).Options(2);
        Rates(critic).Should().Be((1e-4, 0, 0.9));
        (critic.DiscriminatorSteps, critic.Objective).Should().Be((5, GanObjective.Wasserstein));
        critic.DiscriminatorPenalties.Should().ContainSingle().Which.Should().BeOfType<WassersteinGradientPenalty>().Which.Weight.From.Should().Be(10);

        var spectral = new SnganHinge(Gray).Options(1_000);
        Rates(spectral).Should().Be((2e-4, 0, 0.9));
        (spectral.DiscriminatorSteps, spectral.Objective, ((AdamOptions)spectral.GeneratorOptimizer).LearningRate.At(500)).Should().Be((5, GanObjective.Hinge, 1e-4));

        var modern = new R3Gan(Gray).Options(1_000);
        (modern.Objective, modern.FreshGeneratorBatch, modern.DiscriminatorPenalties.Select(penalty => penalty.Name).Order()).Should().BeEquivalentTo((GanObjective.RelativisticPaired, true, new[] { "R1", "R2" }));
        ((AdamOptions)modern.GeneratorOptimizer).LearningRate.From.Should().Be(2e-4);

        var style = new StyleGan2(Gray).Options(2);
        var (slow, adjusted) = ((AdamOptions)style.GeneratorOptimizer, (AdamOptions)style.DiscriminatorOptimizer);
        (slow.LearningRate.From, slow.Beta1.From, slow.Beta2.From, style.DiscriminatorPenalties.Single().EverySteps).Should().Be((2.5e-3, 0, 0.99, 16));
        adjusted.LearningRate.From.Should().BeApproximately(2.5e-3 * 16 / 17, 1e-12);
        adjusted.Beta2.From.Should().BeApproximately(Math.Exp(16.0 / 17 * Math.Log(0.99)), 1e-12);

        (new PacGan(Gray) { Packing = 3 }.Options(2).BatchSize % 3).Should().Be(0);
        FluentActions.Invoking(() => new PacGan(Gray) { Packing = 0 }).Should().Throw<ArgumentOutOfRangeException>().WithMessage("Packing must be at least 1 and at most the batch of 128.*");
    }

    private static (double, double, double) Rates(TrainingOptions options)
    {
        options.GeneratorOptimizer.Should().Be(options.DiscriminatorOptimizer);
        var adam = (AdamOptions)options.GeneratorOptimizer;
        return (adam.LearningRate.From, adam.Beta1.From, adam.Beta2.From);
    }

    private static void Train(Recipe recipe, ImageShape image, bool labels)
    {
        manual_seed(0);
        using var scope = NewDisposeScope();
        InMemoryDataset Images(int count) => new(randint(0, 256, [count, image.Channels, image.Height, image.Width], ScalarType.Byte), labels ? arange(count) % 2 : null);
        using var data = new InMemoryDataset(Images(96).Draw(0, 0, 96).Samples, labels ? arange(96) % 2 : null, Images(96));
        using var generator = recipe.CreateGenerator();
        using var discriminator = recipe.CreateDiscriminator();
        var before = generator.parameters().Select(parameter => parameter.detach().clone()).ToArray();
        // Batches of the papers' sizes take long.
        var options = recipe.Options(Steps) with { BatchSize = 12, Diagnostics = new() { Samples = 40 } };
        using var trainer = new GanTrainer(generator, discriminator, data, options);

        var last = trainer.Train(Steps).Every(Steps).Last();

        double.IsFinite(last.DiscriminatorLoss + last.GeneratorLoss + last.Penalty).Should().BeTrue();
        last.Warnings.Should().BeEmpty();
        trainer.Sample(2, labels ? ones(2, ScalarType.Int64) : null).Equals(trainer.Sample(2, label: labels ? 1 : null)).Should().BeTrue();
        generator.Sample(2, label: labels ? 1 : null).shape.Should().Equal(2, image.Channels, image.Height, image.Width);
        generator.parameters().Zip(before).Should().Contain(pair => !pair.First.Equals(pair.Second), "G has learned");
    }
}
