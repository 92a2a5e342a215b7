using FluentAssertions;
using GanSharp.Augmentations;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Penalties.Weights;
using GanSharp.Tensors;
using GanSharp.Training;
using GanSharp.Training.Guards;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

/// <summary>How a step's batch goes through the networks: in parts, once or twice, and which penalties are due.</summary>
public sealed class BatchOptionsTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public void Parts_of_a_batch_make_the_step_of_the_whole(int parts)
    {
        // Plain descent: Adam would divide rounding by rounding.
        var options = new TrainingOptions
        {
            BatchSize = 32, DiscriminatorSteps = 2, Objective = GanObjective.RelativisticPaired,
            GeneratorOptimizer = new SgdOptions { LearningRate = 0.05 }, DiscriminatorOptimizer = new SgdOptions { LearningRate = 0.05 },
        };
        // Each run has a history of its own, of one θ a step.
        static TrainingOptions Penalized(TrainingOptions options) => options with
        {
            DiscriminatorPenalties = [new R1(0.5), new R2(0.5), new DiscriminatorHistoricalAveraging(1)], GeneratorPenalties = [new GeneratorHistoricalAveraging(1)],
        };
        using var whole = Run(Penalized(options));
        using var inParts = Run(Penalized(options) with { MicroBatches = parts });

        var (expected, actual) = (whole.Train(20), inParts.Train(20));

        NetworkDifference.Largest(whole.Generator, inParts.Generator).Should().BeLessThan(1e-5);
        NetworkDifference.Largest(whole.Discriminator, inParts.Discriminator).Should().BeLessThan(1e-5);
        actual.DiscriminatorLoss.Should().BeApproximately(expected.DiscriminatorLoss, 1e-5);
        actual.Penalty.Should().BeApproximately(expected.Penalty, 1e-5);
        actual.GeneratorLoss.Should().BeApproximately(expected.GeneratorLoss, 1e-5);
        inParts.Trainer.SamplesSeen.Should().Be(whole.Trainer.SamplesSeen);
    }

    [Fact]
    public void Averages_of_penalties_forget_as_much_in_the_parts_of_a_step_as_in_a_whole_one()
    {
        using var scope = NewDisposeScope();
        using var discriminator = new MlpDiscriminator(2, 4);
        var penalty = new LeCam(1, decay: 0.5);
        void Evaluate(double logit, int part = 0, int parts = 1)
        {
            var judged = new JudgedSamples(zeros(3, 2), full(3, logit), null);
            using var pass = new DiscriminatorPass(discriminator, judged, judged, 0) { Part = (part, parts) };
            _ = penalty.Evaluate(pass);
        }
        Evaluate(0);

        for (var part = 0; part < 4; part++)
            Evaluate(1, part, 4);

        penalty.State[0].Value.item<double>().Should().BeApproximately(0.5, 1e-12);
    }

    [Fact]
    public void An_augmentation_that_adapts_observes_steps_and_not_their_parts()
    {
        using var augmentation = new AdaptiveAugmentation(new InstanceNoise(0.1)) { EveryObservations = 2 };
        using var run = Run(new() { BatchSize = 32, MicroBatches = 4, Augmentation = augmentation });

        _ = run.Train(3);

        ((IStateful)augmentation).Scalars.Should().Equal(3, 32);
    }

    [Fact]
    public void A_part_that_is_refused_takes_the_gradients_of_those_before_it_along()
    {
        var penalty = new PlantedNaN();
        using var run = Run(new() { BatchSize = 32, MicroBatches = 2, DiscriminatorPenalties = [penalty], Guards = new() { Policy = DivergencePolicy.SkipStep } });
        (penalty.Calls, penalty.At) = (0, 2);

        var report = run.Train(1);

        report.Warnings.Should().ContainSingle().Which.Should().Contain("'PlantedNaN' of the discriminator NaN");
        run.Discriminator.parameters().Should().OnlyContain(parameter => ReferenceEquals(parameter.grad, null), "the next batch begins with none");
    }

    [Fact]
    public void Parts_leave_no_tensor_behind()
    {
        using var run = Run(new() { BatchSize = 32, MicroBatches = 4 });
        _ = run.Train(2);
        var before = LiveTensors.Settled();

        _ = run.Train(20);

        LiveTensors.Settled().Should().Be(before);
    }

    [Fact]
    public void The_generator_answers_the_samples_of_D_again_or_draws_its_own()
    {
        var (sharedGenerator, freshGenerator) = (new CountingGenerator(), new CountingGenerator());
        using var shared = Run(new() { BatchSize = 8, DiscriminatorSteps = 3 }, sharedGenerator);
        using var fresh = Run(new() { BatchSize = 8, DiscriminatorSteps = 3, FreshGeneratorBatch = true }, freshGenerator);

        _ = shared.Train(5);
        _ = fresh.Train(5);

        (sharedGenerator.Passes, freshGenerator.Passes).Should().Be((15, 20));
        // Minimax reads no real samples in G's step.
        (shared.Trainer.SamplesSeen, fresh.Trainer.SamplesSeen).Should().Be((120, 120));
        using var pairs = Run(new() { BatchSize = 8, Objective = GanObjective.RelativisticPaired, FreshGeneratorBatch = true });
        _ = pairs.Train(5);
        pairs.Trainer.SamplesSeen.Should().Be(80);
    }

    [Fact]
    public void A_lazy_penalty_is_evaluated_in_some_steps_with_the_weight_of_all()
    {
        using var always = Run(new() { BatchSize = 64, DiscriminatorPenalties = [new R1(1)], DiscriminatorOptimizer = Still, GeneratorOptimizer = Still });
        using var lazy = Run(new() { BatchSize = 64, DiscriminatorPenalties = [new R1(1, everySteps: 4)], DiscriminatorOptimizer = Still, GeneratorOptimizer = Still });

        var (expected, actual) = (always.Train(400).Penalty, lazy.Train(400).Penalty);

        actual.Should().BeApproximately(expected, 0.03 * expected);
        lazy.Train(2).Penalty.Should().BeApproximately(4 * expected / 2, 0.3 * expected, "of two steps one is due");
    }

    [Fact]
    public void Two_penalties_of_one_name_are_told_apart()
    {
        using var run = Run(new() { BatchSize = 8, DiscriminatorPenalties = [new R1(1), new R1(2)] });

        var report = run.Train(3);

        report.Terms["discriminator/R1 2"].Should().BeApproximately(2 * report.Terms["discriminator/R1"], 1e-6);
        report.Penalty.Should().BeApproximately(report.Terms["discriminator/R1"] + report.Terms["discriminator/R1 2"], 1e-12);
    }

    [Theory]
    [InlineData(0, "- MicroBatches must be at least 1 but is 0.")]
    [InlineData(3, "- MicroBatches must divide the BatchSize of 64 but is 3.")]
    public void Parts_that_make_no_batch_are_refused(int parts, string message)
    {
        var make = () => Run(new() { MicroBatches = parts });

        make.Should().Throw<ArgumentException>().WithMessage($"*{message}");
    }

    private static SgdOptions Still => new() { LearningRate = 0 };

    private static PointRun Run(TrainingOptions options, CountingGenerator? generator = null)
    {
        var run = new PointRun(options with { Diagnostics = new() { Samples = 0 } }, makeGenerator: generator is null ? null : () => generator);
        if (generator is not null)
            generator.Passes = 0;
        return run;
    }

    private sealed class PlantedNaN : DiscriminatorPenalty
    {
        public int Calls { get; set; }

        public int At { get; set; }

        public override Tensor Evaluate(DiscriminatorPass pass) => pass.Real.Logits * (++Calls == At ? double.NaN : 0);
    }

    private sealed class CountingGenerator : GeneratorNetwork
    {
        private readonly nn.Module<Tensor, Tensor> body = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 2));

        public CountingGenerator()
            : base(nameof(CountingGenerator), LatentPrior.Normal(2)) => RegisterComponents();

        public int Passes { get; set; }

        public override Tensor forward(Tensor latents, Tensor? labels)
        {
            Passes++;
            return body.call(latents);
        }
    }
}
