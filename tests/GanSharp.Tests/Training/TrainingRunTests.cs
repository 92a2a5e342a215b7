using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Training;
using GanSharp.Training.Guards;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

public sealed class TrainingRunTests : IDisposable
{
    private readonly GaussianMixture data = Mixtures.Ring();
    private readonly MlpGenerator generator;
    private readonly MlpDiscriminator discriminator;

    public TrainingRunTests()
    {
        manual_seed(0);
        generator = new MlpGenerator(2, 8, 2);
        discriminator = new MlpDiscriminator(2, 8);
    }

    [Fact]
    public void Nothing_is_trained_before_it_is_pulled()
    {
        using var trainer = Trainer();

        var run = trainer.Train(1_000_000);
        trainer.Step.Should().Be(0);

        run.Take(3).Should().HaveCount(3);
        trainer.Step.Should().Be(3);
    }

    [Fact]
    public void Every_reports_at_its_interval_and_at_the_end()
    {
        using var trainer = Trainer();

        trainer.Train(10).Every(4).Select(report => report.Step).Should().Equal(4, 8, 10);
        trainer.Train(10).Every(4).Select(report => (report.Step, report.LastStep)).Should().Equal((14, 20), (18, 20), (20, 20));
    }

    [Fact]
    public void A_run_to_a_step_ends_there_and_reports_at_multiples_wherever_it_begins()
    {
        using var trainer = Trainer();
        _ = trainer.Train(3).Count();
        var run = trainer.TrainTo(10).Every(4);

        run.Steps.Should().Be(7);
        run.Select(report => (report.Step, report.LastStep, run.Steps)).Should().Equal((4, 10, 7), (8, 10, 7), (10, 10, 7));
        trainer.TrainTo(10).Should().BeEmpty();
        trainer.Invoking(it => it.TrainTo(0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("lastStep");
    }

    [Fact]
    public void A_run_without_an_end_trains_on_from_any_step()
    {
        using var trainer = Trainer();
        _ = trainer.Train(3).Count();
        var run = trainer.Train(long.MaxValue);

        (run.Steps, run.LastStep).Should().Be((long.MaxValue - 3, long.MaxValue));
        run.Take(2).Select(report => (report.Step, report.LastStep, run.Steps)).Should().Equal((4, long.MaxValue, long.MaxValue - 3), (5, long.MaxValue, long.MaxValue - 3));
    }

    [Fact]
    public void Cancellation_ends_the_sequence_after_the_step_in_progress()
    {
        using var trainer = Trainer();
        using var cancellation = new CancellationTokenSource();

        foreach (var report in trainer.Train(1_000, cancellation.Token))
            if (report.Step == 5)
                cancellation.Cancel();

        trainer.Step.Should().Be(5);
        trainer.Train(2).Should().HaveCount(2, "the trainer stays usable");
    }

    [Fact]
    public void A_report_holds_the_means_since_the_last_one()
    {
        using var trainer = Trainer();
        var single = trainer.Train(4).ToList();
        manual_seed(0);
        using var sameGenerator = new MlpGenerator(2, 8, 2);
        using var sameDiscriminator = new MlpDiscriminator(2, 8);

        single.Should().OnlyContain(report => report.JensenShannon == null);
        single.Should().OnlyContain(report => Math.Abs(report.Value!.Value + report.DiscriminatorLoss) < 1e-12, "minimax's loss is −V(D)");
        trainer.Train(4).Every(4).Single().JensenShannon.Should().NotBeNull();
    }

    [Fact]
    public void An_objective_without_a_ratio_gets_no_divergence()
    {
        using var trainer = Trainer(new() { Objective = new LeastSquares() });

        var report = trainer.Train(4).Every(4).Single();

        report.JensenShannon.Should().BeNull();
        report.Value.Should().BeNull();
    }

    [Fact]
    public void A_relativistic_discriminator_is_calibrated_before_its_bound_is_read()
    {
        using var trainer = Trainer(TrainingOptions.RegularizedRelativistic(200, 0.1, 1e-3) with { Diagnostics = new() { Samples = 1_000 } });

        var report = trainer.Train(200).Every(200).Single();

        report.JensenShannon!.Value.SampleCount.Should().Be(500, "half the draw is spent on the calibration");
        report.JensenShannon!.Value.Value.Should().BeInRange(0.02, Math.Log(2), "200 steps are far from the ring");
        report.Value.Should().BeNull("V(D) is defined for D's own logits only");
    }

    [Fact]
    public void A_diverged_run_stops_and_says_what_to_do()
    {
        var objective = new Exploding();
        using var trainer = Trainer(new() { Objective = objective });
        objective.Factor = double.NaN;
        var train = () => trainer.Train(10).ToList();

        train.Should().Throw<TrainingDivergedException>()
            .WithMessage("Training diverged by step 1: discriminator loss NaN*Lower the learning rates, add R1, or check the data for extreme values.")
            .Which.Step.Should().Be(1);
    }

    [Fact]
    public void A_parameter_that_a_user_replaced_is_found_at_the_next_report()
    {
        using var trainer = Trainer();
        var train = () =>
        {
            foreach (var _ in trainer.Train(3))
            {
                using var frozen = no_grad();
                foreach (var parameter in generator.parameters())
                    parameter.set_(parameter.clone());
            }
        };

        train.Should().Throw<InvalidOperationException>().WithMessage("Parameter * isn't where the trainer put it.*");
    }

    [Fact]
    public void Zero_steps_are_refused()
    {
        using var trainer = Trainer();

        trainer.Invoking(it => it.Train(0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("steps");
        trainer.Invoking(it => it.Train(1).Every(0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("steps");
    }

    [Fact]
    public void A_report_reads_as_one_line()
    {
        new StepReport
        {
            Step = 500,
            LastStep = 1_000,
            DiscriminatorLoss = 1.25,
            GeneratorLoss = -0.75,
            Penalty = 0,
            Value = -1.25,
            Diagnostics = new()
            {
                Step = 500,
                SampleCount = 2_000,
                JensenShannon = new(0.0681, 0.0601, 0.0761, 2_000),
                GeneratorGradientWeight = 0.5,
                Diversity = new(1, 1, 500),
                Position = [0],
            },
            SamplesPerSecond = 51_234,
            Elapsed = TimeSpan.FromSeconds(3),
        }.ToString().Should().Be("step    500  loss D  1.2500  loss G -0.7500  V(D) -1.2500  JS >= 0.0681 ± 0.0080 nats (D, unaudited)  51,234 samples/s");
    }

    public void Dispose()
    {
        data.Dispose();
        generator.Dispose();
        discriminator.Dispose();
    }

    private GanTrainer Trainer(TrainingOptions? options = null) => new(generator, discriminator, data, options);

    private sealed class LeastSquares : LogitObjective
    {
        public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => (real - 1).square() + fake.square();

        public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => (fake - 1).square();
    }

    private sealed class Exploding : LogitObjective
    {
        // An objective that is NaN from the start is refused before training.
        public double Factor { get; set; } = 1;

        public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => (real - fake) * Factor;

        public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => fake;
    }
}
