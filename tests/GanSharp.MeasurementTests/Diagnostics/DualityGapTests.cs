using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Diagnostics.Game;
using GanSharp.Divergences;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization.Flat;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class DualityGapTests
{
    private static readonly DualityGapOptions Thorough = new() { Steps = 300, BatchSize = 256, LearningRate = 2e-2, HeldOutSamples = 50_000 };

    [Theory]
    [InlineData(1, 0.1114214822)]
    [InlineData(3, 0.5267773065)]
    public void It_is_at_least_twice_the_divergence_whatever_D_is(double mean, double divergence)
    {
        manual_seed(1);
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(mean, 1);
        using var discriminator = new MlpDiscriminator(1, 16, hiddenLayers: 2);

        var gap = Measure(generator, discriminator, data, Thorough);

        gap.Value.Upper.Should().BeGreaterThan(2 * divergence);
        gap.BestDiscriminatorValue.Should().BeApproximately(2 * divergence - 2 * JensenShannon.Maximum, 0.02);
        gap.BestGeneratorValue.Should().BeLessThan(-2 * JensenShannon.Maximum + 0.005);
    }

    [Fact]
    public void It_is_0_at_the_equilibrium()
    {
        manual_seed(1);
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(0, 1);
        using var discriminator = new MlpDiscriminator(1, 16, hiddenLayers: 2);
        using (no_grad())
            foreach (var parameter in discriminator.parameters().TakeLast(2))
                parameter.zero_();

        var gap = Measure(generator, discriminator, data, Thorough with { LearningRate = 1e-3 });

        gap.Value.Value.Should().BeApproximately(0, 0.003);
        gap.BestGeneratorValue.Should().BeApproximately(-2 * JensenShannon.Maximum, 1e-9, "D says one half everywhere, so no G changes V");
    }

    [Fact]
    public void More_steps_find_more_of_it()
    {
        manual_seed(1);
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(2, 1);
        using var discriminator = new MlpDiscriminator(1, 16, hiddenLayers: 2);

        var (few, many) = (Measure(generator, discriminator, data, Thorough with { Steps = 10 }), Measure(generator, discriminator, data, Thorough));

        few.Value.Value.Should().BeLessThan(many.Value.Value - 0.05);
        many.ToString().Should().MatchRegex(@"^0\.\d{4} ± 0\.\d{4} nats \(V\(D', G\) -\d\.\d{4}, V\(D, G'\) -\d\.\d{4}, 300 steps each\)$");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Asking_a_trainer_in_the_middle_changes_nothing_of_what_it_learns(bool canceled)
    {
        Train(measure: null).Should().Equal(Train(trainer =>
        {
            using var cancellation = new CancellationTokenSource();
            var options = new DualityGapOptions { Steps = 5, BatchSize = 8, HeldOutSamples = 20 };
            if (canceled)
            {
                cancellation.Cancel();
                new Action(() => trainer.MeasureDualityGap(options, cancellation.Token)).Should().Throw<OperationCanceledException>();
            }
            else
            {
                trainer.MeasureDualityGap(options).Should().Be(trainer.MeasureDualityGap(options));
                trainer.MeasureGradientSignal(samples: 8).Should().Be(trainer.MeasureGradientSignal(samples: 8));
            }
            trainer.Generator.parameters().Concat(trainer.Discriminator.parameters()).Should().OnlyContain(parameter => ReferenceEquals(parameter.grad, null));
            trainer.Generator.parameters().Concat(trainer.Discriminator.parameters()).Should().OnlyContain(parameter => parameter.requires_grad);
            (trainer.Generator.training, trainer.Discriminator.training).Should().Be((true, true));
        }));
    }

    [Fact]
    public void A_frozen_generator_has_no_answer()
    {
        manual_seed(1);
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(1, 1);
        foreach (var parameter in generator.parameters())
            parameter.requires_grad_(false);
        using var discriminator = new MlpDiscriminator(1, 8);

        var gap = Measure(generator, discriminator, data, new() { Steps = 50 });

        gap.Value.Value.Should().BePositive("D learns");
        generator.parameters().Should().OnlyContain(parameter => !parameter.requires_grad);
    }

    [Fact]
    public void A_critic_and_data_without_a_held_out_part_are_refused()
    {
        using var data = Mixtures.Normal();
        using var all = new InMemoryDataset(zeros(50, 1), name: "all of it");
        using var generator = new AffineGenerator(1, 1);
        using var discriminator = new MlpDiscriminator(1, 8);
        using (var critics = new GanTrainer(generator, discriminator, data, new() { Objective = GanObjective.RelativisticPaired }))
            critics.Invoking(trainer => trainer.MeasureDualityGap()).Should().Throw<DiagnosticRefusedException>()
                .WithMessage("V is a function of ln p_d/p_g, and RelativisticPaired's logits don't state it exactly. Audit the generator instead.");
        using var players = new GanTrainer(generator, discriminator, all, new() { BatchSize = 10 });

        new Action(() => players.MeasureDualityGap()).Should().Throw<DiagnosticRefusedException>().WithMessage("'all of it' has no held-out data*");
        new Action(() => players.MeasureDualityGap(new() { Steps = 0, BatchSize = 0, LearningRate = 0, HeldOutSamples = 9 })).Should().Throw<ArgumentException>()
            .WithMessage(string.Join(Environment.NewLine,
                "The duality gap options are invalid:",
                "- Steps must be at least 1 but is 0.",
                "- BatchSize must be at least 1 but is 0.",
                "- LearningRate must be finite and above 0 but is 0.",
                "- HeldOutSamples must be at least 10 but is 9."));
    }

    /// <summary>Every value of two DCGANs with batch norm after ten steps.</summary>
    private static float[] Train(Action<GanTrainer>? measure)
    {
        manual_seed(0);
        using var scope = NewDisposeScope();
        using var data = new InMemoryDataset(randn(100, 1, 8, 8)).Split(0.3);
        var image = new ImageShape(1, 8, 8);
        using var generator = new DcganGenerator(image, latentSize: 4, width: 4);
        using var discriminator = new DcganDiscriminator(image, width: 4, batchNorm: true);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 16 });
        trainer.Train(5).Should().HaveCount(5);
        measure?.Invoke(trainer);
        trainer.Train(5).Should().HaveCount(5);
        return [.. generator.state_dict().Values.Concat(discriminator.state_dict().Values)
            .SelectMany(value => value.detach().to(ScalarType.Float32).contiguous().data<float>().ToArray())];
    }

    private static DualityGap Measure(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, DualityGapOptions options)
    {
        using var generatorParameters = new FlatParameters(generator);
        using var discriminatorParameters = new FlatParameters(discriminator);
        return DualityGap.Measure(generator, generatorParameters, discriminator, discriminatorParameters, GanObjective.Minimax, data, options);
    }
}
