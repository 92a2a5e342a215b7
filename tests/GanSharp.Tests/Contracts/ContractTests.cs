using FluentAssertions;
using GanSharp.Contracts;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Contracts;

/// <summary>Each extension point, used from an assembly that sees the public API alone (tests/GanSharp.Contracts).</summary>
public sealed class ContractTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void An_auxiliary_classifier_learns_classes_and_its_loss_has_a_name()
    {
        using var data = LabeledRing();
        using var generator = new LabeledGenerator();
        using var discriminator = new TwoHeadedDiscriminator(2, 32, classes: 2);
        using var trainer = new GanTrainer(generator, discriminator, data, Options with { Objective = new GanSharp.Contracts.AuxiliaryClassifier(GanObjective.NonSaturating) });

        var reports = trainer.Train(60).Every(30).ToArray();

        reports[0].Terms.Keys.Should().BeEquivalentTo("discriminator/adversarial", "discriminator/classification", "generator/adversarial", "generator/classification");
        reports[1].Terms["discriminator/classification"].Should().BeLessThan(reports[0].Terms["discriminator/classification"]);
        reports[1].DiscriminatorLoss.Should().BeApproximately(reports[1].Terms["discriminator/adversarial"] + reports[1].Terms["discriminator/classification"], 1e-9);
        reports[1].JensenShannon.Should().NotBeNull("the game's logit is still a density ratio");
    }

    [Fact]
    public void Feature_matching_trains_the_generator_by_features_alone()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 16, 2);
        using var discriminator = new TwoHeadedDiscriminator(2, 16, classes: 1);
        using var trainer = new GanTrainer(generator, discriminator, data, Options with { Objective = new GanSharp.Contracts.FeatureMatching() });

        var report = trainer.Train(20).Every(20).Single();

        report.Terms.Keys.Should().Equal("discriminator/adversarial", "generator/feature matching");
        report.GeneratorLoss.Should().BePositive().And.Be(report.Terms["generator/feature matching"]);
    }

    [Fact]
    public void Path_length_is_lazy_has_its_weight_and_its_state_is_resumed()
    {
        using var data = Images();
        using var generator = new DcganGenerator(Shape, 8, 4);
        using var discriminator = new DcganDiscriminator(Shape, 4);
        var penalty = new PathLength(weight: 0.1);
        using var trainer = new GanTrainer(generator, discriminator, data, Options with { GeneratorPenalties = [penalty] });
        var before = torch.get_rng_state();

        var report = trainer.Train(8).Every(8).Single();

        penalty.Scalars[0].Should().BePositive();
        report.Terms["generator/path length"].Should().BePositive().And.Be(report.GeneratorPenalty);
        torch.get_rng_state().equal(before).all().item<bool>().Should().BeTrue("penalties have a stream of their own");
    }

    [Fact]
    public void A_flip_stands_between_samples_and_the_discriminator_and_changes_no_sample()
    {
        using var random = new torch.Generator(3);
        var images = rand(64, 1, 2, 2);

        var flipped = new RandomFlip().Apply(images, random);

        var isFlipped = flipped.eq(images.flip(3)).flatten(1).all(1);
        isFlipped.logical_or(flipped.eq(images).flatten(1).all(1)).all().item<bool>().Should().BeTrue();
        isFlipped.sum().item<long>().Should().BeInRange(20, 44);
        using var data = Images();
        using var generator = new DcganGenerator(Shape, 8, 4);
        using var discriminator = new SeenDiscriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, Options with { Augmentation = new RandomFlip() });
        discriminator.LeftIsDark = 0;
        _ = trainer.Train(10).Every(10).Single();
        // Every image of the data is dark on its left: half of what D sees isn't, and reports see the data as it is.
        discriminator.LeftIsDark.Should().BeInRange(0.35, 0.65);
    }

    [Fact]
    public void A_packed_discriminator_judges_groups()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 16, 2);
        using var discriminator = new PackedDiscriminator(2, packing: 4, width: 16);
        using var trainer = new GanTrainer(generator, discriminator, data, Options with { DiscriminatorPenalties = [new GanSharp.Penalties.R1(0.1)] });

        var report = trainer.Train(10).Every(10).Single();

        report.Penalty.Should().BePositive();
        report.Diagnostics!.Refusal.Should().StartWith("D judges 4 samples per logit");
    }

    [Fact]
    public void An_unrolled_step_answers_a_discriminator_that_is_put_back()
    {
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        using var plain = new UnrolledGame(generator, discriminator, unrolledSteps: 0);
        var (real, latents) = (randn(16, 2), randn(16, 2));
        plain.Step(real, latents);
        manual_seed(1);
        using var otherGenerator = new MlpGenerator(2, 8, 2);
        using var otherDiscriminator = new MlpDiscriminator(2, 8);
        manual_seed(1);
        using var sameGenerator = new MlpGenerator(2, 8, 2);
        using var sameDiscriminator = new MlpDiscriminator(2, 8);
        using (var none = new UnrolledGame(otherGenerator, otherDiscriminator, unrolledSteps: 0))
            none.Step(real, latents);

        using (var ahead = new UnrolledGame(sameGenerator, sameDiscriminator, unrolledSteps: 5))
            ahead.Step(real, latents);

        Same(sameDiscriminator, otherDiscriminator).Should().BeTrue("its five steps ahead are taken back");
        Same(sameGenerator, otherGenerator).Should().BeFalse("G answered another D");
    }

    [Fact]
    public void A_label_sampler_chooses_what_the_generator_is_asked_for()
    {
        using var data = LabeledRing();
        using var generator = new LabeledGenerator();
        using var discriminator = new MlpDiscriminator(2, 16);
        using var trainer = new GanTrainer(generator, discriminator, data, Options with { Labels = new RareLabels(0, 1) });
        generator.Asked.Clear();

        _ = trainer.Train(3).Last();

        generator.Asked.Should().OnlyContain(label => label == 1);
    }

    private static TrainingOptions Options => new() { BatchSize = 16, Diagnostics = new() { Samples = 40 } };

    private static ImageShape Shape => new(1, 8, 8);

    private static InMemoryDataset LabeledRing()
    {
        var points = randn(400, 2);
        using var all = new InMemoryDataset(points, points.narrow(1, 0, 1).squeeze(1).gt(0).to(ScalarType.Int64));
        return all.Split(0.25);
    }

    private static InMemoryDataset Images()
    {
        var images = rand(200, 1, 8, 8);
        images.narrow(3, 0, 4).neg_();
        using var all = new InMemoryDataset(images);
        return all.Split(0.25);
    }

    private static bool Same(nn.Module left, nn.Module right) => left.parameters().Zip(right.parameters()).All(pair => pair.First.equal(pair.Second).all().item<bool>());

    private sealed class LabeledGenerator : GeneratorNetwork
    {
        private readonly nn.Module<Tensor, Tensor> body = nn.Linear(4, 2);

        public LabeledGenerator()
            : base(nameof(LabeledGenerator), LatentPrior.Normal(2)) => RegisterComponents();

        public List<long> Asked { get; } = [];

        public override int? Classes => 2;

        public override Tensor forward(Tensor latents, Tensor? labels)
        {
            Asked.AddRange(labels!.data<long>().ToArray());
            return body.call(cat([latents, nn.functional.one_hot(labels, 2).to(ScalarType.Float32)], 1));
        }
    }

    private sealed class SeenDiscriminator : DiscriminatorNetwork
    {
        private readonly nn.Module<Tensor, Tensor> body = nn.Linear(64, 1);
        private readonly List<double> seen = [];

        public SeenDiscriminator()
            : base(nameof(SeenDiscriminator)) => RegisterComponents();

        /// <summary>Of images with one dark half that it saw in training, the share whose dark half is the left one.</summary>
        public double LeftIsDark
        {
            get => seen.Average();
            set => seen.Clear();
        }

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
        {
            var (left, right) = (samples.narrow(3, 0, 4).flatten(1), samples.narrow(3, 4, 4).flatten(1));
            var isReal = left.lt(0).all(1).logical_xor(right.lt(0).all(1));
            if (training && isReal.any().item<bool>())
                seen.Add(left.lt(0).all(1).to(ScalarType.Float64).masked_select(isReal).mean().item<double>());
            return body.call(samples.flatten(1)).squeeze(1);
        }
    }
}
