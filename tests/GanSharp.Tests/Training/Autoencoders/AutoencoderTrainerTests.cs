using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.Fidelity;
using GanSharp.Networks;
using GanSharp.Networks.Autoencoders;
using GanSharp.Networks.Weights;
using GanSharp.Optimization;
using GanSharp.Players;
using GanSharp.Reporting;
using GanSharp.Schedules;
using GanSharp.Training.Autoencoders;
using GanSharp.Training.Guards;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training.Autoencoders;

/// <summary>A VAE is trained on the machinery of GAN runs: reports, checkpoints, guards, metrics, samples.</summary>
public sealed class AutoencoderTrainerTests : IDisposable
{
    private static readonly ImageShape Shape = new(1, 8, 8);
    private readonly TemporaryFolder folder = new();
    private readonly InMemoryDataset data;

    public AutoencoderTrainerTests()
    {
        using var scope = NewDisposeScope();
        data = new InMemoryDataset(Grays(64), heldOut: new InMemoryDataset(Grays(32)), name: "grays");
    }

    public void Dispose()
    {
        data.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Its_steps_are_those_of_a_loop_by_hand()
    {
        using var byTrainer = Vae();
        using var byHand = Vae();
        using var trainer = new AutoencoderTrainer(byTrainer, data, new() { BatchSize = 16, Beta = Schedule.Linear(0, 1, 10), FreeBits = 0.01, Seed = 3 });
        using var player = new Player(byHand, new AdamOptions { LearningRate = 1e-3, Beta1 = 0.9 });
        using var random = GanSharp.Randomness.SeededRandom.Create(3, "latents");

        var report = trainer.Train(20).Every(20).Single();
        for (var step = 0; step < 20; step++)
        {
            using var scope = NewDisposeScope();
            player.Descend(byHand.Bound(data.Draw(3, step * 16, 16).Samples, random: random).Loss(Math.Min(1, step / 10.0), 0.01));
        }

        NetworkFingerprint.Compute(byTrainer).Should().Be(NetworkFingerprint.Compute(byHand));
        report.Step.Should().Be(20);
        report.EvidenceLowerBound.Should().Be(report.Reconstruction - report.KullbackLeibler);
        report.HeldOutBound!.Value.SampleCount.Should().Be(32);
        report.ToString().Should().StartWith("step     20  ln p(x) >= ").And.Contain("held out").And.Contain("samples/s");
    }

    [Fact]
    public void It_learns_and_held_out_data_has_a_bound_of_its_own()
    {
        using var vae = Vae();
        using var trainer = new AutoencoderTrainer(vae, data, new() { BatchSize = 32, Optimizer = new AdamOptions { LearningRate = 1e-2, Beta1 = 0.9 }, EmaHalfLifeImages = 100, Metrics = [new(new FrechetDistanceMetric(new PixelFeatures(), 32))] });

        var reports = trainer.Train(400).Every(100).WithCsv(folder.File("vae.csv")).ToList();

        reports[^1].EvidenceLowerBound.Should().BeGreaterThan(reports[0].EvidenceLowerBound + 20);
        // Of the decoder to which encoder and σ belong, and not of the average.
        using (NewDisposeScope())
        using (no_grad())
            reports[^1].HeldOutBound!.Value.Value.Should().BeApproximately(vae.Evaluating(() => vae.Bound(data.HeldOut!.Draw(0, 0, 32).Samples.repeat(100, 1, 1, 1)).Value.mean().item<float>()), 3);
        reports.Should().AllSatisfy(report => report.Metrics.Should().ContainKey("Fréchet distance (pixels)"));
        reports[^1].Metrics.Single().Value.Value.Should().BeLessThan(reports[0].Metrics.Single().Value.Value);
        using var samples = trainer.Sample(5);
        samples.shape.Should().Equal(5, 1, 8, 8);
        File.ReadAllLines(folder.File("vae.csv")).Should().HaveCount(5).And.Subject.First().Should().StartWith("step,loss_nats,bound_nats,reconstruction_nats,kl_nats,held_out_bound_nats");
        TrainingPlot.Save(reports, folder.File("vae.png"));
        File.Exists(folder.File("vae.png")).Should().BeTrue();
    }

    [Fact]
    public void A_resumed_run_is_the_uninterrupted_one_bit_for_bit()
    {
        string Run(string name, params int[] stops)
        {
            string hash = "";
            foreach (var stop in stops)
            {
                using var vae = Vae();
                using var trainer = new AutoencoderTrainer(vae, data, new() { BatchSize = 16, EmaHalfLifeImages = 100 });
                trainer.ResumeIfAny(folder.File(name));
                _ = trainer.TrainTo(stop).WithCheckpoints(folder.File(name)).Every(10).ToList();
                hash = NetworkFingerprint.Compute(vae);
            }
            return hash;
        }

        Run("interrupted", 7, 13, 30).Should().Be(Run("whole", 30));
    }

    [Fact]
    public void A_checkpoint_of_another_likelihood_is_refused()
    {
        using (var vae = Vae())
        using (var trainer = new AutoencoderTrainer(vae, data, new() { BatchSize = 16 }))
            _ = trainer.TrainTo(3).WithCheckpoints(folder.File("run")).ToList();
        using var other = Vae(new BernoulliLikelihood());
        using var otherTrainer = new AutoencoderTrainer(other, data, new() { BatchSize = 16 });

        otherTrainer.Invoking(it => it.Resume(folder.File("run"))).Should().Throw<GanSharp.Training.Checkpointing.CheckpointException>().WithMessage("*Likelihood is BernoulliLikelihood but was GaussianLikelihood*");
    }

    [Fact]
    public void A_NaN_is_found_in_its_step_and_names_the_part()
    {
        using var vae = Vae();
        using var trainer = new AutoencoderTrainer(vae, data, new() { BatchSize = 16 });
        _ = trainer.Train(2).ToList();
        using (no_grad())
            vae.Encoder.parameters().First().fill_(float.NaN);

        trainer.Invoking(it => it.Train(5).ToList()).Should().Throw<TrainingDivergedException>().Where(exception => exception.Step == 3 && (exception.Network == "decoder" || exception.Network == "encoder"));
    }

    [Fact]
    public void Where_updates_are_skipped_no_part_takes_one()
    {
        using var vae = Vae();
        var options = new AutoencoderOptions { BatchSize = 16, Optimizer = new AdamOptions { LearningRate = 1e-3 }, Guards = new() { Policy = DivergencePolicy.SkipStep } };
        using var spoiled = new SpoiledImages(data, position: 32, count: 16);
        using var trainer = new AutoencoderTrainer(vae, spoiled, options);

        var reports = trainer.Train(5).ToList();

        reports[2].Warnings.Should().ContainSingle().Which.Should().Contain("step 3").And.Contain("skipped");
        double.IsNaN(reports[2].Loss).Should().BeTrue();
        double.IsFinite(reports[4].Loss).Should().BeTrue();
    }

    [Fact]
    public void Mistakes_are_named_before_training()
    {
        FluentActions.Invoking(() => new AutoencoderTrainer(Vae(), data, new() { Beta = -1, FreeBits = double.NaN, HeldOutSamples = 1, BatchSize = 65 })).Should().Throw<ArgumentException>()
            .WithMessage("The training options are invalid:*- Beta must be finite and at least 0 but is -1.*- FreeBits must be finite and at least 0 but is NaN.*- HeldOutSamples must be 0 (none) or at least 2 but is 1.*- BatchSize must be at most the 64 samples of 'grays' but is 65.*");
        using var larger = new VariationalAutoencoder(new MlpEncoder(new ImageShape(1, 9, 9), 16, 2), new MlpGenerator(2, 16, new ImageShape(1, 9, 9)));
        FluentActions.Invoking(() => new AutoencoderTrainer(larger, data, new() { BatchSize = 16 })).Should().Throw<NetworkException>().WithMessage("*samples of shape [4, 1, 8, 8]*");
        using var frozen = Vae();
        foreach (var parameter in frozen.parameters())
            parameter.requires_grad_(false);
        FluentActions.Invoking(() => new AutoencoderTrainer(frozen, data)).Should().Throw<NetworkException>().WithMessage("Nothing to train*");
        using var vae = Vae();
        using var first = new AutoencoderTrainer(vae, data);
        FluentActions.Invoking(() => new AutoencoderTrainer(vae, data)).Should().Throw<NetworkException>().WithMessage("*belongs to another trainer*");
    }

    [Fact]
    public void Native_memory_is_flat()
    {
        using var vae = Vae();
        using var trainer = new AutoencoderTrainer(vae, data, new() { BatchSize = 16, EmaHalfLifeImages = 100 });
        _ = trainer.Train(3).Every(3).ToList();

        LiveTensors.Grown(() => _ = trainer.Train(5).Every(5).ToList()).Should().Be(0);
    }

    [Fact]
    public void A_parameter_group_may_match_in_one_part_alone_and_one_that_matches_in_none_is_named()
    {
        AutoencoderOptions With(string pattern) => new() { BatchSize = 8, Optimizer = new AdamOptions { WeightDecay = 0.1, ParameterGroups = [new(pattern) { WeightDecay = 0 }] } };
        using var vae = Vae(new GaussianLikelihood());

        FluentActions.Invoking(() => new AutoencoderTrainer(vae, data, With("*.biases"))).Should().Throw<ArgumentException>()
            .WithMessage("The parameter group '*.biases' holds no trainable parameter; there are *.bias, *logVariance.");
        foreach (var pattern in new[] { "*.bias", "logVariance" })
        {
            using var trainer = new AutoencoderTrainer(vae, data, With(pattern));
            trainer.Train(1).Single().Loss.Should().NotBe(0);
        }
    }

    private static Tensor Grays(int count) => linspace(-0.8, 0.8, count, ScalarType.Float32).view(count, 1, 1, 1).expand(count, 1, 8, 8).contiguous();

    private static VariationalAutoencoder Vae(Likelihood? likelihood = null)
    {
        manual_seed(0);
        return new VariationalAutoencoder(new MlpEncoder(Shape, 16, 2), new MlpGenerator(2, 16, Shape), likelihood);
    }

    /// <summary>Data with NaN in some samples of its sequence.</summary>
    private sealed class SpoiledImages(Dataset inner, long position, int count) : Dataset(inner.Name, inner.SampleShape)
    {
        public override long? Count => inner.Count;

        public override Dataset? HeldOut => null;

        protected override void Dispose(bool disposing)
        {
        }

        public override Batch Draw(long seed, long start, int size)
        {
            var batch = inner.Draw(seed, start, size);
            return start < position + count && start + size > position ? new Batch(batch.Samples * float.NaN, batch.Labels) : batch;
        }
    }
}
