using System.Runtime.InteropServices;
using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Penalties;
using GanSharp.Tensors;
using GanSharp.Training;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.Runs;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

/// <summary>Faults from outside in the middle of a run: data that is gone, memory that ran out.</summary>
public sealed class TrainingFailedTests : IDisposable
{
    // More than any address space holds.
    private const long TooManyValues = 1L << 50;
    private readonly TemporaryFolder folder = new();
    private readonly VanishingData data = new();
    private readonly MlpGenerator generator;
    private readonly HungryDiscriminator discriminator = new();

    public TrainingFailedTests() => generator = new MlpGenerator(2, 8, 2);

    private string Run => folder.File("run");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Data_that_vanishes_is_named_with_its_position_and_the_run_goes_on_when_it_is_back(bool readsAhead)
    {
        var whole = Train(Trainer(readsAhead), folder.File("whole"));
        // The second batch of step 7: D has taken one of its two steps.
        data.VanishesAt = 130;

        FluentActions.Invoking(() => Train(Trainer(readsAhead), Run)).Should().Throw<TrainingFailedException>().WithMessage(
            $"Training failed after step 6: 'vanishing' can't be read at samples 130 to 139 of its sequence: data.bin is gone. Make the data readable as it was. What was saved is kept: Resume(\"{Run}\") goes on from step 4.")
            .WithInnerException<InvalidDatasetException>().WithInnerException<FileNotFoundException>();

        ThrowUnlessNewestIs(4);
        data.VanishesAt = long.MaxValue;
        Train(Trainer(readsAhead), Run).Should().Be(whole);
    }

    [Fact]
    public void Data_that_vanishes_during_a_look_is_named_too()
    {
        data.VanishesAt = 150;
        using var trainer = Trainer();

        trainer.Invoking(it => it.TrainTo(4).Every(2).ToList()).Should().Throw<TrainingFailedException>().WithMessage(
            "Training failed after step 2: 'vanishing' can't be read at samples 200 to 299 of its sequence: data.bin is gone. Make the data readable as it was. This run keeps no checkpoints (WithCheckpoints), so it starts again.")
            .Which.Step.Should().Be(2);
    }

    // Passes of D in a step: two for each of its own steps, then that in G's step, during which D's parameters are frozen.
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    public void Memory_that_runs_out_in_a_step_is_said_and_the_same_trainer_goes_on_from_its_checkpoint(int pass)
    {
        var whole = Train(Trainer(), folder.File("whole"));
        using var trainer = Trainer();
        var train = () =>
        {
            foreach (var report in trainer.TrainTo(12).WithCheckpoints(Run, new() { EverySteps = 4 }))
                discriminator.PassesLeft = report.Step == 6 ? pass : null;
        };

        train.Should().Throw<TrainingFailedException>().WithMessage(
            $"Training failed after step 6: memory ran out: *4503599627370496 bytes*. Free memory, or use a smaller BatchSize than 10, which a resume accepts where ResumeOptions.AllowedChanges names it. What was saved is kept: Resume(\"{Run}\") goes on from step 4.")
            .WithInnerException<ExternalException>();

        ThrowUnlessNewestIs(4);
        discriminator.PassesLeft = null;
        trainer.Resume(Run).Step.Should().Be(4);
        Finish(trainer, Run).Should().Be(whole);
    }

    [Fact]
    public void Memory_that_runs_out_for_the_copy_that_checkpoints_need_is_said_before_training()
    {
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 10, DiscriminatorPenalties = [new TooLarge()] });
        var tensors = LiveTensors.Settled();

        trainer.Invoking(it => it.TrainTo(4).WithCheckpoints(Run).First()).Should().Throw<TrainingFailedException>()
            .WithMessage($"Training failed after step 0: memory ran out: *'{Run}' has no checkpoint yet, so the run starts again.").WithInnerException<ExternalException>();

        trainer.Step.Should().Be(0);
        Tensor.TotalCount.Should().Be(tensors, "the copies made before are released");
        trainer.Dispose();
        Train(Trainer(), Run);
        ThrowUnlessNewestIs(12);
    }

    public void Dispose()
    {
        generator.Dispose();
        discriminator.Dispose();
        data.Dispose();
        folder.Dispose();
    }

    private GanTrainer Trainer(bool readsAhead = false)
    {
        manual_seed(0);
        foreach (var parameter in generator.parameters().Concat(discriminator.parameters()))
            nn.init.normal_(parameter, 0, 0.5);
        return new GanTrainer(generator, discriminator, data, new()
        {
            BatchSize = 10,
            DiscriminatorSteps = 2,
            JointForward = false,
            Prefetch = readsAhead,
            Diagnostics = new() { Samples = 100 },
        });
    }

    private string Train(GanTrainer trainer, string checkpoints)
    {
        using (trainer)
        {
            trainer.ResumeIfAny(checkpoints);
            return Finish(trainer, checkpoints);
        }
    }

    private string Finish(GanTrainer trainer, string checkpoints)
    {
        _ = trainer.TrainTo(12).WithCheckpoints(checkpoints, new() { EverySteps = 4 }).Count();
        return $"{NetworkFingerprint.Compute(generator)}-{NetworkFingerprint.Compute(discriminator)}";
    }

    private void ThrowUnlessNewestIs(long step)
    {
        var (newest, path) = new CheckpointFolder(Run).List()[0];
        newest.Should().Be(step);
        CheckpointFolder.Fault(path).Should().BeNull();
    }

    private sealed class VanishingData() : Dataset("vanishing", [2])
    {
        private readonly GaussianMixture ring = Mixtures.Ring();

        public long VanishesAt { get; set; } = long.MaxValue;

        public override long? Count => null;

        public override Dataset? HeldOut => null;

        public override Batch Draw(long seed, long position, int count) =>
            position >= VanishesAt ? throw new FileNotFoundException("data.bin is gone") : ring.Draw(seed, position, count);

        protected override void Dispose(bool disposing) => ring.Dispose();
    }

    /// <summary>After so many passes it asks for more memory than there can be.</summary>
    private sealed class HungryDiscriminator : DiscriminatorNetwork
    {
        private readonly MlpDiscriminator body = new(2, 8);

        public HungryDiscriminator()
            : base(nameof(HungryDiscriminator)) => RegisterComponents();

        public int? PassesLeft { get; set; }

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
        {
            if (PassesLeft-- == 0)
                empty(TooManyValues).Dispose();
            return body.call(samples, labels);
        }
    }

    /// <summary>State that is one value, repeated: a copy of it needs room for all.</summary>
    private sealed class TooLarge : DiscriminatorPenalty, IStateful
    {
        private readonly Tensor values = zeros(1).expand(TooManyValues).DetachFromDisposeScope();

        public IReadOnlyList<(string Name, Tensor Value)> State => [("values", values)];

        public double[] Scalars { get; set; } = [];

        public override Tensor Evaluate(DiscriminatorPass pass) => pass.Real.Logits * 0;
    }
}
