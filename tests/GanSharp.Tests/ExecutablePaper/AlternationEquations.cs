using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Divergences;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Schedules;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>Equations 20 and 21: each player's step with the other held fixed.</summary>
public sealed class AlternationEquations
{
    public static TheoryData<int> Seeds => DensityPair.Seeds;

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(20)]
    public void With_G_fixed_the_loss_of_D_is_least_at_the_log_ratio(int seed)
    {
        using var scope = NewDisposeScope();
        var (mean, deviation) = Start(seed);
        using var pair = new DensityPair(Mixtures.Normal(), Mixtures.Normal(mean, deviation));
        var coefficients = QuadraticDiscriminator.LogRatio(mean, deviation);
        var random = new Random(seed);

        var (best, gradient) = LossAt(pair, coefficients);

        gradient.Should().OnlyContain(value => Math.Abs(value) < 1e-9);
        for (var trial = 0; trial < 10; trial++)
            LossAt(pair, [.. coefficients.Select(value => value + random.NextDouble() - 0.5)]).Loss.Should().BeGreaterThan(best);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(20)]
    public void With_G_fixed_training_D_raises_its_value_to_twice_the_divergence_less_2_ln_2(int seed)
    {
        using var scope = NewDisposeScope();
        var (mean, deviation) = Start(seed);
        using var pair = new DensityPair(Mixtures.Normal(), Mixtures.Normal(mean, deviation));
        using var generator = new AffineGenerator(mean, deviation);
        foreach (var parameter in generator.parameters())
            parameter.requires_grad_(false);
        using var discriminator = new QuadraticDiscriminator(0, 0, 0);
        const int Steps = 200;
        using var trainer = new GanTrainer(generator, discriminator, pair.Data, new()
        {
            BatchSize = 2_000,
            Seed = seed,
            DiscriminatorOptimizer = new AdamOptions { LearningRate = Schedule.Cosine(0.1, 0.001, Steps) },
        });

        trainer.Train(Steps).Should().HaveCount(Steps);

        var value = ValueFunction.Of(discriminator.Logits(pair.RealPoints), discriminator.Logits(pair.FakePoints));
        var best = 2 * JensenShannon.Quadrature(pair.Data, pair.Generator) - 2 * Math.Log(2);
        value.Should().BeInRange(best - 1e-3, best + 1e-5);
    }

    // Thirty-digit quadrature: derivatives at D* in the mean θ of p_g = N(θ, 1), p_d = N(0, 1).
    [Theory]
    [InlineData(0.5, 0.235263506115, 0.264736493885)]
    [InlineData(1, 0.397972867183, 0.602027132817)]
    [InlineData(2, 0.449599509207, 1.55040049079)]
    [InlineData(3, 0.295863753299, 2.7041362467)]
    [InlineData(6, 0.0124532392197, 5.98754676078)]
    [Equation(21)]
    public void With_D_fixed_at_its_best_equation_21_descends_the_divergence_and_fades_far_from_the_data(
        double mean, double saturating, double nonSaturating)
    {
        using var scope = NewDisposeScope();
        using var data = Mixtures.Normal();
        using var density = Mixtures.Normal(mean);
        var z = arange(-12, 12, 0.01, float64).unsqueeze(1);
        double Gradient(LogitObjective objective)
        {
            var shift = tensor(mean, requires_grad: true);
            var logits = DensityRatio.Log(data, density, z + shift);
            (objective.GeneratorLoss(logits, null) * data.LogDensity(z).exp() * 0.01).sum().backward();
            return shift.grad!.item<double>();
        }

        Gradient(GanObjective.Minimax).Should().BeApproximately(saturating, 1e-9);
        Gradient(GanObjective.NonSaturating).Should().BeApproximately(nonSaturating, 1e-9);
        // KL(p_g‖p_d) = θ²/2, so the two gradients add up to θ (Arjovsky and Bottou 2017, theorem 2.5).
        (Gradient(GanObjective.Minimax) + Gradient(GanObjective.NonSaturating)).Should().BeApproximately(mean, 1e-8);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(21)]
    public void With_D_fixed_at_its_best_a_step_of_G_lowers_the_divergence(int seed)
    {
        using var scope = NewDisposeScope();
        var (mean, deviation) = Start(seed);
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(mean, deviation);
        using var discriminator = new QuadraticDiscriminator(QuadraticDiscriminator.LogRatio(mean, deviation));
        foreach (var parameter in discriminator.parameters())
            parameter.requires_grad_(false);
        double Divergence()
        {
            using var density = generator.Density();
            return JensenShannon.Quadrature(data, density);
        }
        using var trainer = new GanTrainer(generator, discriminator, data, new()
        {
            BatchSize = 20_000,
            Seed = seed,
            GeneratorOptimizer = new AdamOptions { LearningRate = 0.01 },
        });

        var before = Divergence();
        trainer.Train(1).Should().ContainSingle();

        Divergence().Should().BeLessThan(before - 1e-4);
    }

    private static (double Mean, double Deviation) Start(int seed)
    {
        var random = new Random(seed);
        return (0.5 + 1.5 * random.NextDouble(), 0.6 + 0.8 * random.NextDouble());
    }

    private static (double Loss, double[] Gradient) LossAt(DensityPair pair, double[] coefficients)
    {
        using var scope = NewDisposeScope();
        using var discriminator = new QuadraticDiscriminator(coefficients);
        var logits = discriminator.call(pair.Grid, null).Logits;
        // One call gives softplus(−l) + softplus(l'); a certain l' leaves the class of interest alone.
        var certain = full_like(logits, -1e4);
        var loss = (pair.DataWeights * GanObjective.Minimax.DiscriminatorLoss(logits, certain)
            + pair.GeneratorWeights * GanObjective.Minimax.DiscriminatorLoss(-certain, logits)).sum();
        loss.backward();
        return (loss.item<double>(), discriminator.parameters().Single().grad!.data<double>().ToArray());
    }
}
