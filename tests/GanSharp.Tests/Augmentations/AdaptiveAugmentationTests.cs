using FluentAssertions;
using GanSharp.Augmentations;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Schedules;
using GanSharp.Tensors;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Augmentations;

/// <summary>ADA's p, and every augmentation in a training.</summary>
public sealed class AdaptiveAugmentationTests
{
    private static readonly Dictionary<string, Func<Augmentation>> All = new()
    {
        ["flip"] = () => new HorizontalFlip(), ["DiffAugment"] = () => Augmentation.DiffAugment, ["noise"] = () => new InstanceNoise(Schedule.Linear(0.5, 0, 10)),
        ["scheduled"] = () => new ScheduledAugmentation(AdaptiveAugmentation.DefaultPipeline, Schedule.Linear(0, 0.5, 10)), ["ADA"] = () => Adaptive(),
        ["ADA in a sequence"] = () => Augmentation.Sequence(new HorizontalFlip(), Adaptive()),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    [Fact]
    public void P_follows_the_signs_of_logits_as_in_the_paper()
    {
        using var scope = NewDisposeScope();
        using var augmentation = new AdaptiveAugmentation { Target = 0.6, ImagesToFull = 100, EveryObservations = 2, LargestProbability = 0.5 };
        void Observe(params double[] logits) => augmentation.Observe(tensor(logits.Select(logit => (float)logit).ToArray()));

        Observe(1, 2, 3, 4);
        augmentation.ReadProbability().Should().Be(0, "it changes after every second step");
        Observe(1, 2, 3, -4);
        augmentation.ReadOverfitting().Should().Be(0.75, "seven of eight are positive");
        augmentation.ReadProbability().Should().BeApproximately(0.08, 1e-7, "r is above 0.6: up by 8 images of 100");
        Observe(1, 2, 3, -4, 0, 0);
        Observe(1, -1);
        augmentation.ReadOverfitting().Should().Be(0.25);
        augmentation.ReadProbability().Should().Be(0, "below: down by 8 of 100, and not below 0");
        for (var step = 0; step < 40; step++)
            Observe(5, 5, 5, 5);
        augmentation.ReadProbability().Should().Be(0.5, "and not above the largest");
    }

    [Fact]
    public void P_rises_where_D_tells_its_training_samples_and_falls_where_it_can_not()
    {
        double Trained(double start, int samples, bool ofGenerator)
        {
            using var augmentation = Adaptive();
            using var run = new Run(augmentation, samples, ofGenerator, penalized: false);
            ((IStateful)augmentation).State[0].Value.fill_(start);
            _ = run.Trainer.Train(60).Last();
            return augmentation.ReadProbability();
        }

        Trained(start: 0, samples: 24, ofGenerator: false).Should().BeGreaterThan(0.3, "24 images of noise are soon learned by heart");
        Trained(start: 0.5, samples: 600, ofGenerator: true).Should().BeLessThan(0.3, "samples of the generator itself can't be told from others of it");
    }

    [Fact]
    public void An_interrupted_run_with_an_adaptive_p_ends_as_the_run_that_was_not()
    {
        using var folder = new TemporaryFolder();
        (string Weights, double P, double R) Train(params int[] ends)
        {
            (string, double, double) result = default;
            foreach (var end in ends)
            {
                using var augmentation = Adaptive();
                using var run = new Run(Augmentation.Sequence(new HorizontalFlip(), augmentation));
                run.Trainer.ResumeIfAny(folder.File($"{ends.Length}"));
                _ = run.Trainer.TrainTo(end).WithCheckpoints(folder.File($"{ends.Length}")).Last();
                result = (run.Weights(), augmentation.ReadProbability(), augmentation.ReadOverfitting());
            }
            return result;
        }

        var whole = Train(22);
        var parts = Train(6, 7, 22);

        parts.Should().Be(whole);
        whole.P.Should().NotBe(0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_run_with_penalties_trains_with_it_and_leaves_no_tensor_behind(string name)
    {
        var augmentation = All[name]();
        using var owned = augmentation as IDisposable;
        using var run = new Run(augmentation);
        _ = run.Trainer.Train(10).Last();
        var before = LiveTensors.Settled();

        var reports = run.Trainer.Train(20).ToArray();

        LiveTensors.Settled().Should().Be(before);
        reports.Should().OnlyContain(report => double.IsFinite(report.DiscriminatorLoss) && double.IsFinite(report.GeneratorLoss) && report.Penalty > 0);
    }

    [Fact]
    public void The_step_reaches_an_augmentation_that_changes_over_the_run()
    {
        using var clean = new Run(null);
        using var noisy = new Run(new InstanceNoise(Schedule.Linear(0, 10, 1, start: 2)));

        foreach (var (report, same) in clean.Trainer.Train(3).Zip(noisy.Trainer.Train(3)))
            same.DiscriminatorLoss.Should().Be(report.DiscriminatorLoss, "the noise is 0 up to step 2");
        noisy.Trainer.Train(1).Single().DiscriminatorLoss.Should().NotBe(clean.Trainer.Train(1).Single().DiscriminatorLoss);
    }

    [Fact]
    public void A_penalty_differentiates_by_the_samples_before_the_augmentation()
    {
        using var plain = new Run(null);
        using var run = new Run(new Blank());

        plain.Trainer.Train(1).Single().Penalty.Should().BeGreaterThan(0);
        run.Trainer.Train(1).Single().Penalty.Should().Be(0, "whatever the sample is, D sees zeros");
    }

    [Fact]
    public void Its_state_is_p_and_what_p_is_computed_from_and_parts_with_a_state_add_theirs()
    {
        using var inner = new AdaptiveAugmentation(new Cutout()) { EveryObservations = 1, ImagesToFull = 10 };
        IStateful outer = Augmentation.Sequence(new HorizontalFlip(), new ScheduledAugmentation(inner, 0.5));

        outer.State.Select(entry => entry.Name).Should().Equal("1.probability", "1.signs", "1.overfitting");
        using (var logits = ones(2))
            ((Augmentation)outer).Observe(logits);
        inner.ReadProbability().Should().BeApproximately(0.2, 1e-7);
        outer.Scalars.Should().Equal(1, 0);
        outer.Scalars = [5, 3];
        outer.Scalars.Should().Equal(5, 3);
    }

    /// <summary>Shows D the same of every sample.</summary>
    private sealed class Blank : Augmentation
    {
        public override Tensor Apply(Tensor samples, Generator random) => samples * 0;
    }

    private static AdaptiveAugmentation Adaptive() => new() { ImagesToFull = 600, EveryObservations = 2 };

    private sealed class Run : IDisposable
    {
        private static readonly ImageShape Image = new(3, 8, 8);
        private readonly InMemoryDataset data;
        private readonly DcganGenerator generator;
        private readonly DcganDiscriminator discriminator;

        public Run(Augmentation? augmentation, int samples = 24, bool ofGenerator = false, bool penalized = true)
        {
            manual_seed(0);
            (generator, discriminator) = (new DcganGenerator(Image, latentSize: 4, width: 4), new DcganDiscriminator(Image, width: 8));
            using (var random = new TorchSharp.torch.Generator(3))
            using (var noise = randn([samples, 3, 8, 8], ScalarType.Float32, generator: random).clamp_(-1, 1))
            using (var generated = generator.Sample(samples))
                data = new InMemoryDataset(ofGenerator ? generated : noise);
            foreach (var parameter in generator.parameters())
                parameter.requires_grad_(!ofGenerator);
            Trainer = new GanTrainer(generator, discriminator, data, new()
            {
                BatchSize = 8,
                Augmentation = augmentation,
                DiscriminatorPenalties = penalized ? [new R1(1), new R2(1)] : [],
                DiscriminatorOptimizer = new AdamOptions { LearningRate = penalized ? 2e-4 : 2e-3 },
                Diagnostics = new() { Samples = 0 },
            });
        }

        public GanTrainer Trainer { get; }

        public string Weights() => $"{NetworkFingerprint.Compute(generator)} {NetworkFingerprint.Compute(discriminator)}";

        public void Dispose()
        {
            Trainer.Dispose();
            generator.Dispose();
            discriminator.Dispose();
            data.Dispose();
        }
    }
}
