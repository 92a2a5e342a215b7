using FluentAssertions;
using GanSharp.Augmentations;
using GanSharp.Contracts;
using GanSharp.Data;
using GanSharp.Live;
using GanSharp.Networks;
using GanSharp.Networks.Residual;
using GanSharp.Networks.StyleGan;
using GanSharp.Networks.Weights;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Reporting;
using GanSharp.Reporting.Runs;
using GanSharp.Tensors;
using GanSharp.Training;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Ranks;

/// <summary>State that follows batches is the same on all ranks, and files are rank 0's.</summary>
public sealed class RankedStateTests
{
    [Fact]
    public void Conditional_images_with_spectral_norm_and_adaptive_augmentation_keep_one_model()
    {
        var ends = RankThreads.Run(2, ranks =>
        {
            using var augmentation = new AdaptiveAugmentation { ImagesToFull = 200, Target = -0.99 };
            var options = new TrainingOptions
            {
                Communicator = ranks, BatchSize = 4, Augmentation = augmentation, Objective = GanObjective.NonSaturating, DiscriminatorPenalties = [new LeCam(0.1)],
                GeneratorPenalties = [new GanSharp.Penalties.PathLength(everySteps: 2)], EmaHalfLifeImages = 50, Diagnostics = new() { Samples = 0 }, GeneratorOptimizer = new AdamOptions(), DiscriminatorOptimizer = new AdamOptions { LearningRate = 0.01 },
            };
            var (generator, discriminator, data) = Make(ranks.Rank);
            using (generator)
            using (discriminator)
            using (data)
            {
                using var trainer = new GanTrainer(generator, discriminator, data, options);
                _ = trainer.Train(12).Every(12).Single();
                return (G: NetworkFingerprint.Compute(generator), D: NetworkFingerprint.Compute(discriminator), P: augmentation.ReadProbability(), R: augmentation.ReadOverfitting());
            }
        });

        ends[1].Should().Be(ends[0]);
        ends[0].R.Should().NotBe(0);
        ends[0].P.Should().BeGreaterThan(0, $"r is {ends[0].R}");
    }

    [Fact]
    public void The_mean_style_of_StyleGAN2_is_that_of_all_ranks()
    {
        var ends = RankThreads.Run(2, ranks =>
        {
            var (other, another, data) = Make(ranks.Rank);
            other.Dispose();
            another.Dispose();
            using (data)
            using (var generator = new StyleGan2Generator(new(1, 16, 16), latentSize: 4, new() { Width = 2 }))
            using (var discriminator = new StyleGan2Discriminator(new(1, 16, 16), new() { Width = 2 }))
            {
                using var trainer = new GanTrainer(generator, discriminator, data, new() { Communicator = ranks, BatchSize = 4, EmaHalfLifeImages = 50, Diagnostics = new() { Samples = 0 } });
                trainer.Train(3).Count().Should().Be(3);
                return string.Join(' ', trainer.State.Tensors.Select(entry => $"{entry.Name} {Convert.ToHexStringLower(StateHash.Of(entry.Value))}"));
            }
        });

        ends[1].Should().Be(ends[0]);
    }

    [Fact]
    public void Their_resume_brings_every_rank_all_state()
    {
        using var folders = new TemporaryFolder();
        string[] Train(string folder, int steps, int seed) => RankThreads.Run(2, ranks =>
        {
            using var augmentation = new AdaptiveAugmentation { ImagesToFull = 200, Target = -0.99 };
            var (generator, discriminator, data) = Make(seed + ranks.Rank);
            // A trainer's checks borrow torch's global generator, from which another thread's weights may still come.
            ranks.Barrier();
            using (generator)
            using (discriminator)
            using (data)
            {
                using var trainer = new GanTrainer(generator, discriminator, data, new TrainingOptions
                {
                    Communicator = ranks, BatchSize = 4, Augmentation = augmentation, Objective = GanObjective.NonSaturating, DiscriminatorPenalties = [new LeCam(0.1)],
                    GeneratorPenalties = [new GanSharp.Penalties.PathLength(everySteps: 2)], EmaHalfLifeImages = 50, Diagnostics = new() { Samples = 0 },
                });
                if (trainer.ResumeIfAny(Path.Combine(folders.FullName, folder)) is { } resumed)
                    resumed.Warnings.Should().BeEmpty();
                foreach (var _ in trainer.TrainTo(steps).WithCheckpoints(Path.Combine(folders.FullName, folder)))
                {
                }
                return string.Join(' ', trainer.State.Tensors.Select(entry => $"{entry.Name} {Convert.ToHexStringLower(StateHash.Of(entry.Value))}").Concat(trainer.State.Scalars.Where(part => part.Key != "guard").Select(part => $"{part.Key} {string.Join(' ', part.Value)}")));
            }
        });
        var whole = Train("whole", 8, seed: 0);
        Train("parts", 4, seed: 0);

        var resumed = Train("parts", 8, seed: 7);

        whole[1].Should().Be(whole[0]);
        resumed.Should().Equal(whole);
    }

    [Fact]
    public void Rank_0_alone_writes_the_run_folder_and_shows_the_run()
    {
        using var folders = new TemporaryFolder();
        var shown = RankThreads.Run(2, ranks =>
        {
            var (generator, discriminator, data) = Make(ranks.Rank);
            using (generator)
            using (discriminator)
            using (data)
            {
                using var trainer = new GanTrainer(generator, discriminator, data, new TrainingOptions { Communicator = ranks, BatchSize = 4, Diagnostics = new() { Samples = 0 } });
                using var writer = new StringWriter();
                var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
                using var folder = RunFolder.Create(Path.Combine(folders.FullName, $"{ranks.Rank}"), trainer);
                trainer.Train(4).Every(2).WithProgress(console).WithRunFolder(folder).WithLivePage(folder, new() { Logger = NullLogger.Instance }).Count().Should().Be(2);
                if (ranks.Rank > 0)
                    FluentActions.Invoking(() => LivePage.Start(folder)).Should().Throw<ArgumentException>().WithMessage("folder must be that of rank 0*");
                return writer.ToString();
            }
        });

        shown[0].Should().NotBeEmpty();
        shown[1].Should().BeEmpty();
        File.Exists(Path.Combine(folders.FullName, "0", "report.html")).Should().BeTrue();
        Directory.Exists(Path.Combine(folders.FullName, "1")).Should().BeFalse();
    }

    private static (GeneratorNetwork Generator, DiscriminatorNetwork Discriminator, Dataset Data) Make(int seed)
    {
        lock (typeof(RankedStateTests))
        {
            manual_seed(seed);
            using var scope = NewDisposeScope();
            using var random = new Generator(5);
            var data = new InMemoryDataset(randn([40, 1, 16, 16], generator: random).tanh(), arange(40, ScalarType.Int64) % 3);
            return (new ResnetGenerator(new(1, 16, 16), width: 8, classes: 3), new ResnetDiscriminator(new(1, 16, 16), width: 8, classes: 3), data);
        }
    }
}
