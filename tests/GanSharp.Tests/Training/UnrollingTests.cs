using FluentAssertions;
using GanSharp.Contracts;
using GanSharp.Data.Distributions;
using GanSharp.Networks;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Randomness;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

public sealed class UnrollingTests
{
    private const int BatchSize = 16, Unrolled = 3;

    [Fact]
    public void G_answers_a_D_that_went_ahead()
    {
        using var scope = NewDisposeScope();
        using var data = Mixtures.Ring();
        var (generator, discriminator) = Networks();
        using var trainer = new GanTrainer(generator, discriminator, data, Options(Unrolled) with { Objective = GanSharp.Objectives.GanObjective.Minimax });
        var (byHandGenerator, byHandDiscriminator) = Networks();
        using var byHand = new UnrolledGame(byHandGenerator, byHandDiscriminator, Unrolled);
        using var random = SeededRandom.Create(0, "latents");

        _ = trainer.Train(5).Count();
        for (var step = 0; step < 5; step++)
            byHand.Step(data.Draw(0, step * BatchSize, BatchSize).Samples, randn([BatchSize, 2], ScalarType.Float32, generator: random));

        Difference(generator, byHandGenerator).Should().BeLessThan(1e-6);
        Difference(discriminator, byHandDiscriminator).Should().BeLessThan(1e-6);
    }

    [Fact]
    public void D_is_put_back_with_all_that_remembers_its_steps()
    {
        using var scope = NewDisposeScope();
        using var data = Mixtures.Ring();
        (GeneratorNetwork, DiscriminatorNetwork Discriminator, double Penalty) Trained(int unrolled)
        {
            var (generator, discriminator) = Networks();
            // A G that stands still shows D's own way.
            foreach (var parameter in generator.parameters())
                parameter.requires_grad = false;
            using var trainer = new GanTrainer(generator, discriminator, data, Options(unrolled) with { DiscriminatorPenalties = [new LeCam(0.1)] });
            return (generator, discriminator, trainer.Train(6).Last().Penalty);
        }

        var (straight, unrolled) = (Trained(0), Trained(Unrolled));

        Difference(straight.Discriminator, unrolled.Discriminator).Should().Be(0);
        unrolled.Penalty.Should().Be(straight.Penalty);
    }

    [Fact]
    public void The_guard_judges_the_weights_that_stay()
    {
        using var data = Mixtures.Ring();
        var (generator, discriminator) = Networks();
        // Each update moves every weight by about 1, so that 41 of them leave 20 times the first weights behind and one doesn't; a G that stands still keeps the direction.
        foreach (var parameter in generator.parameters())
            parameter.requires_grad = false;
        using var trainer = new GanTrainer(generator, discriminator, data, Options(40) with
        {
            DiscriminatorOptimizer = new AdamOptions { LearningRate = 1 }, Objective = GanSharp.Objectives.GanObjective.Wasserstein, Guards = new() { MaximumGrowth = 20 },
        });
        var straight = () => trainer.Train(1).Count();

        straight.Should().NotThrow();

        generator.Dispose();
        discriminator.Dispose();
    }

    [Fact]
    public void A_step_leaves_no_tensors()
    {
        using var data = Mixtures.Ring();
        var (generator, discriminator) = Networks();
        using var trainer = new GanTrainer(generator, discriminator, data, Options(Unrolled));
        _ = trainer.Train(3).Count();

        LiveTensors.Grown(() => _ = trainer.Train(5).Count()).Should().Be(0);
        generator.Dispose();
        discriminator.Dispose();
    }

    [Fact]
    public void What_cannot_be_put_back_is_refused()
    {
        using var data = Mixtures.Ring();
        var (generator, discriminator) = Networks();
        var make = (TrainingOptions options) => () => new GanTrainer(generator, discriminator, data, options);

        make(Options(-1)).Should().Throw<ArgumentException>().WithMessage("*UnrolledSteps must be at least 0 but is -1.*");
        make(Options(1) with { DiscriminatorOptimizer = new TorchOptimizerOptions(parameters => optim.Adam(parameters)) })
            .Should().Throw<ArgumentException>().WithMessage("*UnrolledSteps puts D's optimizer back, which DiscriminatorOptimizer, one of torch's, doesn't allow.*");
        generator.Dispose();
        discriminator.Dispose();
    }

    [Fact]
    public void Two_time_scales_are_a_rate_for_each_player()
    {
        var options = new TrainingOptions { GeneratorOptimizer = new AdamOptions { Beta1 = 0 } }.WithTwoTimeScales(1e-4, 4e-4);

        (options.GeneratorOptimizer.LearningRate.From, options.DiscriminatorOptimizer.LearningRate.From).Should().Be((1e-4, 4e-4));
        ((AdamOptions)options.GeneratorOptimizer).Beta1.From.Should().Be(0);
    }

    private static TrainingOptions Options(int unrolled) =>
        new() { BatchSize = BatchSize, UnrolledSteps = unrolled, JointForward = false, Diagnostics = new() { Samples = 0 } };

    private static (MlpGenerator Generator, MlpDiscriminator Discriminator) Networks()
    {
        manual_seed(1);
        return (new MlpGenerator(2, 16, 2), new MlpDiscriminator(2, 16));
    }

    private static double Difference(nn.Module left, nn.Module right) =>
        left.parameters().Zip(right.parameters(), (a, b) => (a - b).abs().max().to(ScalarType.Float64).item<double>()).Max();
}
