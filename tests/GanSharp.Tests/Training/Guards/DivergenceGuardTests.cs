using FluentAssertions;
using GanSharp.Augmentations;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Tensors;
using GanSharp.Training;
using GanSharp.Training.Guards;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Training.Guards;

public sealed class DivergenceGuardTests : IDisposable
{
    private const int BatchSize = 8;
    private readonly PlantedData data = new();
    private readonly MlpGenerator generator;
    private readonly PlantedDiscriminator discriminator;

    public DivergenceGuardTests()
    {
        manual_seed(0);
        generator = new MlpGenerator(2, 8, 2);
        discriminator = new PlantedDiscriminator();
    }

    public static TheoryData<LogitObjective> Objectives =>
        [GanObjective.Minimax, GanObjective.NonSaturating, GanObjective.LeastSquares, GanObjective.Hinge, GanObjective.Wasserstein, GanObjective.RelativisticPaired, new LabelSmoothing()];

    [Theory]
    [MemberData(nameof(Objectives))]
    public void A_NaN_in_the_data_is_found_in_its_own_step(LogitObjective objective)
    {
        using var trainer = Trainer(new() { Objective = objective });
        data.PlantAt = 4 * BatchSize;

        var found = Diverge(trainer);

        found.Message.Should().StartWith("Training diverged by step 5: discriminator loss NaN.");
        (found.Step, found.Network, found.Parameter).Should().Be((5, "discriminator", null));
        trainer.Step.Should().Be(4);
        generator.parameters().Concat(discriminator.parameters()).Should().OnlyContain(parameter => parameter.isfinite().all().item<bool>(), "nothing was spread");
    }

    [Theory]
    [MemberData(nameof(Objectives))]
    public void A_NaN_in_a_loss_is_found_in_its_own_step(LogitObjective objective)
    {
        using var trainer = Trainer(new() { Objective = new PlantedLoss(objective, call: 3) });

        var found = Diverge(trainer);

        found.Message.Should().StartWith("Training diverged by step 3: generator loss NaN.");
        (found.Step, found.Network).Should().Be((3, "generator"));
    }

    [Theory]
    [MemberData(nameof(Objectives))]
    public void A_NaN_in_a_gradient_is_found_in_its_own_step_and_its_parameter_named(LogitObjective objective)
    {
        using var trainer = Trainer(new() { Objective = objective });
        discriminator.PlantAtRealBatch = 6;

        var found = Diverge(trainer);

        found.Message.Should().StartWith("Training diverged by step 6: the gradient of parameter 'scale' of the discriminator (PlantedDiscriminator) holds NaN.");
        (found.Step, found.Network, found.Parameter).Should().Be((6, "discriminator", "scale"));
    }

    [Fact]
    public void A_NaN_in_a_penalty_and_one_in_a_weight_are_named_as_such()
    {
        using (var trainer = Trainer(new() { DiscriminatorPenalties = [new R1(1), new PlantedPenalty()] }))
            Diverge(trainer).Message.Should().StartWith("Training diverged by step 2: 'PlantedPenalty' of the discriminator ∞.".Replace("∞", "Infinity", StringComparison.Ordinal));

        using var second = Trainer(new());
        using (no_grad())
            generator.parameters().Last().fill_(double.NaN);
        Diverge(second).Network.Should().Be("discriminator", "the discriminator's loss on what G makes is the first that is computed");
    }

    [Fact]
    public void Exploding_weights_are_reported_while_they_are_numbers()
    {
        using var trainer = Trainer(new() { DiscriminatorOptimizer = new AdamOptions { LearningRate = 60 }, Guards = new() { MaximumGrowth = 100 } });

        var found = Diverge(trainer);

        found.Message.Should().Contain("the weights of the discriminator (PlantedDiscriminator) exploded: their root mean square is");
        discriminator.parameters().Should().OnlyContain(parameter => parameter.isfinite().all().item<bool>());
    }

    [Fact]
    public void A_skipped_step_leaves_no_trace_but_a_warning()
    {
        using var trainer = Trainer(new() { Guards = new() { Policy = DivergencePolicy.SkipStep }, DiscriminatorPenalties = [new R1(0.1)] });
        data.PlantAt = 4 * BatchSize;

        var reports = trainer.Train(8).Every(8).ToList();

        reports.Single().Warnings.Should().Equal("step 5: discriminator loss NaN; this update of the discriminator was skipped");
        reports.Single().ToString().Should().EndWith("  ! step 5: discriminator loss NaN; this update of the discriminator was skipped");
        double.IsFinite(reports.Single().DiscriminatorLoss).Should().BeTrue();
        trainer.Step.Should().Be(8);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void A_report_in_whose_steps_only_G_was_skipped_ends_no_run_and_says_that_nothing_is_known_of_G(int discriminatorSteps, bool fresh)
    {
        using var trainer = Trainer(new()
        {
            Guards = new() { Policy = DivergencePolicy.SkipStep }, Objective = GanObjective.RelativisticPaired, DiscriminatorSteps = discriminatorSteps, FreshGeneratorBatch = fresh,
        });
        // The second of the two batches of step 2.
        data.PlantAt = 3 * BatchSize;

        var reports = trainer.Train(3).ToList();

        reports.Select(report => double.IsNaN(report.GeneratorLoss)).Should().Equal(false, true, false);
        reports.Should().OnlyContain(report => double.IsFinite(report.DiscriminatorLoss));
        reports[1].Warnings.Should().Contain("step 2: generator loss NaN; this update of the generator was skipped");
    }

    [Fact]
    public void The_state_of_penalties_and_augmentation_that_a_skipped_batch_spoilt_is_put_back()
    {
        var penalty = new LeCam(0.3);
        using var augmentation = new AdaptiveAugmentation(new InstanceNoise(0.1)) { EveryObservations = 2 };
        using var trainer = Trainer(new() { Guards = new() { Policy = DivergencePolicy.SkipStep }, DiscriminatorPenalties = [penalty], Augmentation = augmentation, Objective = new PlantedLoss(GanObjective.NonSaturating, call: 4) });
        double[] State() => [.. penalty.State.Concat(((IStateful)augmentation).State).Select(entry => entry.Value.to(ScalarType.Float64).item<double>()), .. ((IStateful)augmentation).Scalars];
        data.PlantAt = 2 * BatchSize;
        _ = trainer.Train(2).Count();
        var before = State();

        trainer.Train(1).Single().Warnings.Should().Contain("step 3: discriminator loss NaN; this update of the discriminator was skipped");
        State().Should().Equal(before);
        var observed = before[^2];

        trainer.Train(1).Single().Warnings.Should().Equal("step 4: generator loss NaN; this update of the generator was skipped");
        State().Should().NotEqual(before).And.OnlyContain(value => double.IsFinite(value));
        State()[^2].Should().Be(observed + 1, "D's update was made");
    }

    [Fact]
    public void Copies_of_the_state_of_parts_leave_no_tensors()
    {
        using var trainer = Trainer(new() { Guards = new() { Policy = DivergencePolicy.SkipStep }, DiscriminatorPenalties = [new LeCam(0.3)], GeneratorPenalties = [new PathLength()] });
        _ = trainer.Train(3).Count();

        LiveTensors.Grown(() => _ = trainer.Train(5).Count()).Should().Be(0);
    }

    [Fact]
    public void Batch_norm_statistics_that_a_skipped_batch_spoilt_are_put_back()
    {
        using var normalized = new NormalizedDiscriminator();
        using var trainer = new GanTrainer(generator, normalized, data, new() { BatchSize = BatchSize, Guards = new() { Policy = DivergencePolicy.SkipStep }, Diagnostics = new() { Samples = 0 } });
        data.PlantAt = 2 * BatchSize;

        trainer.Train(4).Every(4).Single().Warnings.Should().ContainSingle();

        normalized.buffers().Should().OnlyContain(buffer => buffer.isfinite().all().item<bool>());
    }

    [Fact]
    public void A_generator_with_batch_norm_learns_on_where_the_discriminators_update_is_skipped()
    {
        using var run = new SmallRun(new() { Guards = new() { Policy = DivergencePolicy.SkipStep } }, penalty: new PlantedPenalty());
        string Trained() => NetworkFingerprint.Compute(run.Generator);
        run.Trainer.Train(1).Should().ContainSingle();
        var before = Trained();

        var report = run.Trainer.Train(1).Single();

        report.Warnings.Should().Equal("step 2: 'PlantedPenalty' of the discriminator Infinity; this update of the discriminator was skipped");
        Trained().Should().NotBe(before);
        run.Generator.buffers().Concat(run.Discriminator.buffers()).Should().OnlyContain(buffer => buffer.isfinite().all().item<bool>());
    }

    [Fact]
    public void Skipping_for_ever_is_refused()
    {
        using var trainer = Trainer(new() { Objective = new PlantedLoss(GanObjective.Minimax, call: 3, always: true), Guards = new() { Policy = DivergencePolicy.SkipStep, MaximumConsecutiveSkips = 4 } });

        Diverge(trainer).Message.Should().StartWith("Training diverged by step 7: generator loss NaN, and 4 updates before it were skipped in a row.");
    }

    [Theory]
    [InlineData("data")]
    [InlineData("loss")]
    [InlineData("gradient")]
    public void A_roll_back_recovers_and_finishes(string place)
    {
        var objective = place == "loss" ? new PlantedLoss(GanObjective.Minimax, call: 8) : GanObjective.Minimax;
        using var trainer = Trainer(new() { Objective = objective, EmaHalfLifeImages = 100, Guards = new() { Policy = DivergencePolicy.RollBack, SnapshotEverySteps = 5 } });
        if (place == "data")
            data.PlantAt = 7 * BatchSize;
        if (place == "gradient")
            discriminator.PlantAtRealBatch = 8;

        var reports = trainer.Train(20).Every(20).ToList();

        reports.Single().Warnings.Should().ContainSingle().Which.Should().MatchRegex("^step 8: .*; returned to step 5 with the learning rates times 0\\.5$");
        trainer.Step.Should().Be(20);
        trainer.SamplesSeen.Should().Be((20 + 3) * BatchSize, "the batches that were met are not met again");
        double.IsFinite(reports.Single().DiscriminatorLoss).Should().BeTrue();
        generator.parameters().Concat(discriminator.parameters()).Should().OnlyContain(parameter => parameter.isfinite().all().item<bool>());
    }

    [Fact]
    public void A_roll_back_puts_back_what_was_there_and_lowers_the_rates()
    {
        using var trainer = Trainer(new() { Objective = new PlantedLoss(GanObjective.Minimax, call: 6), Guards = new() { Policy = DivergencePolicy.RollBack, SnapshotEverySteps = 5 } });
        trainer.Train(5).Should().HaveCount(5);
        var before = NetworkFingerprint.Compute(generator) + NetworkFingerprint.Compute(discriminator);

        trainer.Advance(isContinued: false).Should().BeFalse();

        (NetworkFingerprint.Compute(generator) + NetworkFingerprint.Compute(discriminator)).Should().Be(before);
        trainer.State.Scalars["roll-back"].Should().Equal(1);
        trainer.Step.Should().Be(5);
    }

    [Fact]
    public void Roll_backs_are_bounded()
    {
        using var trainer = Trainer(new() { Objective = new PlantedLoss(GanObjective.Minimax, call: 3, always: true), Guards = new() { Policy = DivergencePolicy.RollBack, MaximumRollBacks = 2 } });

        Diverge(trainer).Message.Should().Be("Training diverged by step 1: generator loss NaN, after 2 roll-backs. Lower the learning rates, add R1, or check the data for extreme values.");
    }

    [Fact]
    public void Guards_change_nothing_of_a_healthy_run()
    {
        string Train(GuardOptions guards)
        {
            manual_seed(1);
            using var freshGenerator = new MlpGenerator(2, 8, 2);
            using var freshDiscriminator = new NormalizedDiscriminator();
            using var trainer = new GanTrainer(freshGenerator, freshDiscriminator, data, new() { BatchSize = BatchSize, Guards = guards });
            _ = trainer.Train(12).Every(6).Count();
            return NetworkFingerprint.Compute(freshGenerator) + NetworkFingerprint.Compute(freshDiscriminator);
        }

        new[] { Train(new() { CheckEverySteps = 1_000 }), Train(new() { Policy = DivergencePolicy.SkipStep }), Train(new() { Policy = DivergencePolicy.RollBack, SnapshotEverySteps = 2 }) }
            .Should().AllBe(Train(new()));
    }

    [Fact]
    public void Between_checks_a_NaN_is_found_at_the_next_one()
    {
        using var trainer = Trainer(new() { Guards = new() { CheckEverySteps = 4 } });
        data.PlantAt = 4 * BatchSize;

        trainer.Invoking(it => it.Train(20).Every(20).ToList()).Should().Throw<TrainingDivergedException>().Which.Step.Should().Be(8);
    }

    [Fact]
    public void Invalid_guards_are_refused_with_every_fault()
    {
        var make = () => Trainer(new() { Guards = new() { Policy = DivergencePolicy.RollBack, CheckEverySteps = 2, MaximumGrowth = 1, MaximumConsecutiveSkips = 0, SnapshotEverySteps = 0, MaximumRollBacks = 0, RollBackRateFactor = 0 } });

        make.Should().Throw<ArgumentException>().WithMessage(
            """
            The training options are invalid:
            - Guards.CheckEverySteps must be 1 or null for RollBack but is 2.
            - Guards.MaximumGrowth must be above 1 but is 1.
            - Guards.MaximumConsecutiveSkips must be at least 1 but is 0.
            - Guards.SnapshotEverySteps must be at least 1 but is 0.
            - Guards.MaximumRollBacks must be at least 1 but is 0.
            - Guards.RollBackRateFactor must lie in (0, 1] but is 0.
            """);
    }

    public void Dispose()
    {
        data.Dispose();
        generator.Dispose();
        discriminator.Dispose();
    }

    private GanTrainer Trainer(TrainingOptions options)
    {
        // The planted discriminator counts its passes, two a step.
        var trainer = new GanTrainer(generator, discriminator, data, options with { BatchSize = BatchSize, JointForward = false, Diagnostics = new() { Samples = 0 } });
        // Those of the trial before training don't count.
        discriminator.Restart();
        (options.Objective as PlantedLoss)?.Restart();
        return trainer;
    }

    private static TrainingDivergedException Diverge(GanTrainer trainer)
    {
        var train = () => trainer.Train(50).Every(50).ToList();
        return train.Should().Throw<TrainingDivergedException>().Which;
    }

    /// <summary>A ring with one NaN in the batch at a position.</summary>
    private sealed class PlantedData() : Dataset("planted", [2])
    {
        private readonly GaussianMixture ring = Mixtures.Ring();

        public long PlantAt { get; set; } = -1;

        public override long? Count => null;

        public override Dataset? HeldOut => null;

        public override Batch Draw(long seed, long position, int count)
        {
            var batch = ring.Draw(seed, position, count);
            if (position == PlantAt)
                batch.Samples[1, 1] = double.NaN;
            return batch;
        }

        protected override void Dispose(bool disposing) => ring.Dispose();
    }

    /// <summary>Its gradient, and not its value, is NaN at one batch of real samples: the derivative of √x at 0 times 0.</summary>
    private sealed class PlantedDiscriminator : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> body = Sequential(Linear(2, 8), LeakyReLU(0.2), Linear(8, 1));
        private readonly TorchSharp.Modules.Parameter scale = Parameter(zeros(1));
        private int realBatches;

        public PlantedDiscriminator()
            : base(nameof(PlantedDiscriminator)) => RegisterComponents();

        public int PlantAtRealBatch { get; set; } = -1;

        public void Restart() => realBatches = 0;

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
        {
            var logits = body.call(samples).squeeze(1);
            var isRealBatch = training && scale.requires_grad && realBatches++ % 2 == 0;
            return isRealBatch && realBatches / 2 + 1 == PlantAtRealBatch ? logits + (scale * 0).sqrt() : logits;
        }
    }

    private sealed class NormalizedDiscriminator : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> body = Sequential(Linear(2, 8), BatchNorm1d(8), LeakyReLU(0.2), Linear(8, 1));

        public NormalizedDiscriminator()
            : base(nameof(NormalizedDiscriminator)) => RegisterComponents();

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(samples).squeeze(1);
    }

    private sealed class PlantedLoss(LogitObjective game, int call, bool always = false) : LogitObjective
    {
        private int calls;

        public void Restart() => calls = 0;

        public override bool GeneratorNeedsReal => game.GeneratorNeedsReal;

        public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => game.DiscriminatorLoss(real, fake);

        public override Tensor GeneratorLoss(Tensor fake, Tensor? real)
        {
            var loss = game.GeneratorLoss(fake, real);
            return ++calls == call || (always && calls > call) ? loss * double.NaN : loss;
        }
    }

    private sealed class PlantedPenalty : DiscriminatorPenalty
    {
        public override Tensor Evaluate(DiscriminatorPass pass) => pass.Real.Logits.square() * (pass.Step == 1 ? double.PositiveInfinity : 0);
    }
}
