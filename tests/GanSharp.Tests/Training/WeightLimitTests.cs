using FluentAssertions;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties.Lipschitz;
using GanSharp.Players;
using GanSharp.Tests.Misuse;
using GanSharp.Training;
using GanSharp.Training.Guards;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Training;

/// <summary>The first Wasserstein GAN's constraint: weights of D that are clipped after each of its updates.</summary>
public sealed class WeightLimitTests
{
    private static TrainingOptions Options => new() { BatchSize = 16, Objective = GanObjective.Wasserstein, DiscriminatorWeightLimit = 0.03, Diagnostics = new() { Samples = 0 } };

    public static TheoryData<string> Optimizers => ["Adam", "torch"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void No_weight_of_D_exceeds_it_after_an_update_and_G_is_free(string name)
    {
        OptimizerOptions optimizer = name == "Adam" ? new AdamOptions { LearningRate = 0.01 } : new TorchOptimizerOptions(parameters => optim.SGD(parameters, 0.01));
        using var run = new PointRun(Options with { DiscriminatorOptimizer = optimizer });

        var report = run.Train(5);

        Largest(run.Discriminator).Should().BeApproximately(0.03, 1e-8);
        Largest(run.Generator).Should().BeGreaterThan(0.1);
        double.IsFinite(report.DiscriminatorLoss).Should().BeTrue();
    }

    [Fact]
    public void A_step_is_the_optimizers_step_and_then_the_clipping()
    {
        using var clipped = new PointRun(Options with { DiscriminatorOptimizer = new SgdOptions { LearningRate = 0.1 } });
        using var free = new PointRun(Options with { DiscriminatorOptimizer = new SgdOptions { LearningRate = 0.1 }, DiscriminatorWeightLimit = null });

        _ = clipped.Train(1);
        _ = free.Train(1);

        foreach (var (limited, own) in clipped.Discriminator.parameters().Zip(free.Discriminator.parameters()))
            limited.detach().equal(own.detach().clamp(-0.03, 0.03)).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void In_mixed_precision_the_rounded_weights_follow_and_reports_change_nothing()
    {
        float[] Train(int every)
        {
            using var run = new PointRun(Options with { Precision = Precision.BFloat16, DiscriminatorOptimizer = new AdamOptions { LearningRate = 0.01 }, DiscriminatorSteps = 2 });
            _ = run.Trainer.Train(6).Every(every).Last();
            Largest(run.Discriminator).Should().BeApproximately(0.03, 1e-8);
            return [.. run.Generator.parameters().Concat(run.Discriminator.parameters()).SelectMany(parameter => parameter.detach().data<float>().ToArray())];
        }

        // A step after a report rounds all weights anew; the others take what the clipping left.
        Train(every: 6).Should().Equal(Train(every: 1));
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NaN)]
    public void A_limit_hides_no_divergence(double value)
    {
        using var run = new PointRun(Options with { DiscriminatorOptimizer = new Breaking(value) });

        FluentActions.Invoking(() => run.Train(3)).Should().Throw<TrainingDivergedException>().WithMessage("Training diverged by step 1: *NaN*", "clipping would have made a weight of infinity");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.PositiveInfinity)]
    public void A_limit_that_is_none_is_refused(double limit) =>
        Making.Trainer(options: new() { DiscriminatorWeightLimit = limit }).Should().Throw<ArgumentException>().WithMessage("*DiscriminatorWeightLimit must be finite and above 0, or null for none, but is*");

    public static TheoryData<string, TrainingOptions, bool> Constraints => new()
    {
        { "none", new() { Objective = GanObjective.Wasserstein }, true },
        { "none, wrapped", new() { Objective = new TopK(GanObjective.Wasserstein, 0.5) }, true },
        { "a penalty", new() { Objective = GanObjective.Wasserstein, DiscriminatorPenalties = [new WassersteinGradientPenalty(10)] }, false },
        { "a limit", new() { Objective = GanObjective.Wasserstein, DiscriminatorWeightLimit = 0.01 }, false },
        { "no need", new() { Objective = GanObjective.Hinge }, false },
    };

    [Theory]
    [MemberData(nameof(Constraints))]
    public void The_first_report_says_where_nothing_bounds_the_slope_of_a_critic(string name, TrainingOptions options, bool warns)
    {
        name.Should().NotBeEmpty();
        using var run = new PointRun(options with { BatchSize = 8, Diagnostics = new() { Samples = 0 } });

        var reports = run.Trainer.Train(2).ToArray();

        var sentences = reports[0].Warnings.Where(warning => warning.Contains("Lipschitz"));
        if (warns)
            sentences.Should().ContainSingle().Which.Should().Be(
                $"{options.Objective} needs a Lipschitz D, but nothing bounds the slope of MlpDiscriminator, so its loss has no minimum: add a gradient penalty to DiscriminatorPenalties, set DiscriminatorWeightLimit, or normalize its layers spectrally");
        else
            sentences.Should().BeEmpty();
        reports[1].Warnings.Should().BeEmpty();
    }

    [Fact]
    public void A_module_of_D_with_the_mark_is_a_constraint()
    {
        using var data = GanSharp.Data.Distributions.Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MarkedDiscriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8, Objective = GanObjective.Wasserstein, Diagnostics = new() { Samples = 0 } });

        trainer.Train(1).Single().Warnings.Should().NotContain(warning => warning.Contains("Lipschitz"));
    }

    private static double Largest(Module network) => network.parameters().Max(parameter => parameter.abs().max().item<float>());

    /// <summary>Writes a value that is no weight.</summary>
    private sealed record Breaking(double Value) : CustomOptimizerOptions(learningRate: 1)
    {
        public override IReadOnlyList<string> Slots => [];

        public override void Update(OptimizerStep state) => state.Values.narrow(0, 0, 1).fill_(Value);
    }

    private sealed class MarkedDiscriminator : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> body = Sequential(new Marked(), Linear(2, 1));

        public MarkedDiscriminator()
            : base(nameof(MarkedDiscriminator)) => RegisterComponents();

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(samples).squeeze(1);

        private sealed class Marked : Module<Tensor, Tensor>, GanSharp.Networks.Constraints.ILipschitzConstraint
        {
            public Marked()
                : base(nameof(Marked)) => RegisterComponents();

            public override Tensor forward(Tensor input) => input.alias();
        }
    }
}
