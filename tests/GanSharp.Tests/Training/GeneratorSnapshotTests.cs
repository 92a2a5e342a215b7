using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Training;
using GanSharp.Training.Serving;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

public sealed class GeneratorSnapshotTests
{
    [Fact]
    public void It_keeps_the_average_of_its_step_until_it_is_updated()
    {
        using var run = new SmallRun();
        using var scope = NewDisposeScope();
        run.Trainer.Train(5).Should().HaveCount(5);
        using var snapshot = run.Trainer.Snapshot();
        using var raw = run.Trainer.Snapshot(averaged: false);
        var average = run.Trainer.Sample(6, seed: 4);

        AreClose(snapshot.Sample(6, seed: 4), average).Should().BeTrue();
        Same(raw.Sample(6, seed: 4), average).Should().BeFalse();
        run.Trainer.Train(5).Should().HaveCount(5);
        snapshot.Step.Should().Be(5);
        AreClose(snapshot.Sample(6, seed: 4), average).Should().BeTrue("it is frozen");
        Same(snapshot.Sample(6, seed: 5), average).Should().BeFalse();

        snapshot.Update();
        raw.Update();
        snapshot.Step.Should().Be(10);
        var later = run.Trainer.Sample(6, seed: 4);
        Same(later, average).Should().BeFalse();
        AreClose(snapshot.Sample(6, seed: 4), later).Should().BeTrue();
        run.Trainer.Train(1).Should().HaveCount(1);
        AreClose(snapshot.Sample(6, seed: 4), later).Should().BeTrue();
    }

    [Theory]
    [InlineData("affine")]
    [InlineData("points")]
    [InlineData("image")]
    [InlineData("dcgan")]
    public void The_librarys_generators_copy_themselves(string kind)
    {
        manual_seed(0);
        var image = new ImageShape(1, 8, 8);
        using var data = new InMemoryDataset(kind switch { "affine" => randn(50, 1), "points" => randn(50, 3), _ => rand(50, 1, 8, 8) * 2 - 1 });
        using GeneratorNetwork generator = kind switch
        {
            "affine" => new AffineGenerator(1, 2),
            "points" => new MlpGenerator(5, 7, 3, hiddenLayers: 2, LatentPrior.Uniform(5)),
            "image" => new MlpGenerator(5, 7, image),
            _ => new DcganGenerator(image, latentSize: 5, width: 3, LatentPrior.Hypersphere(5)),
        };
        using DiscriminatorNetwork discriminator = kind switch
        {
            "affine" => new MlpDiscriminator(1, 8),
            "points" => new MlpDiscriminator(3, 8),
            _ => new DcganDiscriminator(image, width: 4),
        };
        var drawn = get_rng_state();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 16 });
        trainer.Train(2).Should().HaveCount(2);

        using var snapshot = trainer.Snapshot();
        using var samples = snapshot.Sample(7, seed: 2);
        using var random = Tensors(trainer, 7, 2);

        AreClose(samples, random).Should().BeTrue();
        AreClose(trainer.Sample(7, 2), random).Should().BeTrue();
        get_rng_state().equal(drawn).all().item<bool>().Should().BeTrue("a copy's first weights are drawn aside");
        generator.training.Should().BeTrue();
    }

    [Fact]
    public void Answers_to_many_threads_are_those_that_each_seed_gives_alone()
    {
        using var run = new SmallRun();
        run.Trainer.Train(3).Should().HaveCount(3);
        using var snapshot = run.Trainer.Snapshot();
        var alone = Enumerable.Range(0, 20).Select(seed => Bytes(snapshot.Sample(5, seed))).ToArray();

        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 4 }, request =>
            Bytes(snapshot.Sample(5, request % 20)).Should().Equal(alone[request % 20]));
    }

    [Fact]
    public void A_generator_that_cannot_copy_itself_says_what_to_do()
    {
        using var run = new SmallRun(makeGenerator: () => new NoisyImages());
        run.Trainer.Train(2).Should().HaveCount(2);
        var trainer = run.Trainer;

        void Refuse(Func<GeneratorNetwork>? make, string message) =>
            trainer.Invoking(it => it.Snapshot(make)).Should().Throw<NetworkException>().WithMessage(message);
        Refuse(null, "A snapshot of NoisyImages needs a second NoisyImages to copy the weights into, and it can't make one. Call Snapshot(() => new NoisyImages(…)) with the arguments of the first, or override CloneArchitecture in NoisyImages.");
        Refuse(() => null!, "*and the factory returned null. Call Snapshot*");
        Refuse(() => run.Generator, "A snapshot of NoisyImages needs a network of its own, but 'body.in.weight' of the one given is the original's*");
        Refuse(() => new NoisyImages(width: 9), "The network for a snapshot isn't of the architecture of the NoisyImages in training:*- 'body.in.weight' is Float32 * in place of Float32 *'body.norm.running_mean'*");
        Refuse(SmallRun.NewGenerator, "*- it is a DcganGenerator*'body.in.weight' is missing*'project.weight' is unknown*");
        Refuse(() => new NoisyImages(scale: 2), "The network for a snapshot makes other samples of the same latents than the NoisyImages in training, though their weights are the same*");
        trainer.Train(2).Should().HaveCount(2);
    }

    [Fact]
    public void A_copy_of_ones_own_generator_is_made_by_a_factory()
    {
        using var run = new SmallRun(makeGenerator: () => new NoisyImages(noise: 0));
        run.Trainer.Train(2).Should().HaveCount(2);
        using var snapshot = run.Trainer.Snapshot(() => new NoisyImages(noise: 0));

        AreClose(snapshot.Sample(5, 1), run.Trainer.Sample(5, 1)).Should().BeTrue();
    }

    [Fact]
    public async Task Noise_of_the_generator_is_determined_by_the_seed_and_taken_from_no_run()
    {
        using var quiet = new SmallRun(makeGenerator: () => new NoisyImages());
        quiet.Trainer.Train(40).Should().HaveCount(40);
        using var run = new SmallRun(makeGenerator: () => new NoisyImages());
        using var snapshot = run.Trainer.Snapshot(() => new NoisyImages());
        var first = Bytes(snapshot.Sample(3, 8));
        using var hasEnded = new CancellationTokenSource();
        var serving = Task.Run(() =>
        {
            var count = 0;
            for (; !hasEnded.IsCancellationRequested; count++)
            {
                Bytes(snapshot.Sample(3, 8)).Should().Equal(first);
                run.Trainer.Sample(2).Dispose();
            }
            return count;
        });

        run.Trainer.Train(40).Every(40).Should().HaveCount(1);
        hasEnded.Cancel();

        (await serving).Should().BePositive();
        run.Weights().Should().Be(quiet.Weights());
        run.Trainer.Dispose();
        Bytes(snapshot.Sample(3, 8)).Should().Equal(first, "it outlives the trainer");
    }

    [Fact]
    public async Task A_snapshot_that_is_disposed_or_asked_wrongly_says_so()
    {
        using var run = new SmallRun();
        var snapshot = run.Trainer.Snapshot();
        snapshot.Invoking(it => it.Sample(0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("count");
        using var gaveUp = new CancellationTokenSource();
        gaveUp.Cancel();
        await snapshot.Awaiting(it => it.SampleAsync(1, cancellationToken: gaveUp.Token)).Should().ThrowAsync<OperationCanceledException>();

        snapshot.Dispose();
        snapshot.Dispose();

        snapshot.Invoking(it => it.Sample(1)).Should().Throw<ObjectDisposedException>().Which.ObjectName.Should().Be(nameof(GeneratorSnapshot));
        snapshot.Invoking(it => it.Update()).Should().Throw<ObjectDisposedException>().Which.ObjectName.Should().Be(nameof(GeneratorSnapshot));
    }

    [Fact]
    public void Taking_updating_and_releasing_snapshots_leaves_no_tensor()
    {
        using var run = new SmallRun();
        run.Trainer.Train(2).Should().HaveCount(2);
        void Use()
        {
            using var scope = NewDisposeScope();
            using var snapshot = run.Trainer.Snapshot();
            snapshot.Update();
            snapshot.Sample(3);
            run.Trainer.Sample(3);
        }
        // TorchSharp's count keeps one for each parameter of a network that is made and disposed.
        LiveTensors.Grown(Use).Should().Be(LiveTensors.Grown(() => SmallRun.NewGenerator().Dispose()));
    }

    private static Tensor Tensors(GanTrainer trainer, int count, long seed)
    {
        using var random = GanSharp.Randomness.SeededRandom.Create(seed, "samples");
        return trainer.Generator.Sample(count, random: random);
    }

    /// <summary>To rounding: a snapshot computes on one processor, a trainer on all, and sums are then added in another order.</summary>
    private static bool AreClose(Tensor left, Tensor right) => left.allclose(right, rtol: 1e-5, atol: 1e-6);

    private static bool Same(Tensor left, Tensor right) => left.equal(right).all().item<bool>();

    private static byte[] Bytes(Tensor samples)
    {
        using (samples)
            return samples.bytes.ToArray();
    }
}
