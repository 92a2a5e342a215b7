using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Divergences;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Randomness;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>Equations 16 to 19: a generator is a density that can be drawn from but not evaluated, and what it is to minimize.</summary>
public sealed class GeneratorEquations
{
    public static TheoryData<int> Seeds => DensityPair.Seeds;

    [Theory]
    [InlineData("normal")]
    [InlineData("uniform")]
    [InlineData("hypersphere")]
    [Equation(16)]
    public void The_density_of_a_latent_model_is_the_mean_of_its_likelihood_over_the_prior(string priorName)
    {
        using var scope = NewDisposeScope();
        const double Mean = 0.5, Scale = 1.5, Noise = 0.4;
        var prior = priorName switch { "normal" => LatentPrior.Normal(1), "uniform" => LatentPrior.Uniform(1), _ => LatentPrior.Hypersphere(1) };
        using var random = SeededRandom.Create(1, "latents");
        var x = linspace(-3, 4, 8, float64).unsqueeze(1);

        var likelihoods = NormalDensity(x, Mean + Scale * prior.Sample(200_000, random).to(float64).T, Noise);

        var known = priorName switch
        {
            "normal" => NormalDensity(x, Mean, Math.Sqrt(Scale * Scale + Noise * Noise)),
            "uniform" => (NormalBelow(x, Mean - Scale, Noise) - NormalBelow(x, Mean + Scale, Noise)) / (2 * Scale),
            // The sphere in one dimension is −1 and 1.
            _ => (NormalDensity(x, Mean - Scale, Noise) + NormalDensity(x, Mean + Scale, Noise)) / 2,
        };
        var standardErrors = likelihoods.std(1) / Math.Sqrt(200_000);
        ((likelihoods.mean([1]) - known.squeeze(1)) / standardErrors).abs().max().item<double>().Should().BeLessThan(4);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(17)]
    public void As_the_noise_of_the_likelihood_vanishes_the_density_becomes_that_of_the_map(int seed)
    {
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        using var generator = new AffineGenerator(random.NextDouble(), 0.5 + random.NextDouble());
        using var density = generator.Density();
        using var latentDensity = Mixtures.Normal();
        var z = arange(-8.5, 8.5, 0.01, float64).unsqueeze(1);
        var (x, mapped) = (linspace(-3, 4, 50, float64).unsqueeze(1), generator.call(z, null).detach().T);
        double Error(double noise)
        {
            var marginal = NormalDensity(x, mapped, noise).mv(latentDensity.LogDensity(z).exp() * 0.01);
            return (marginal - density.LogDensity(x).exp()).abs().max().item<double>();
        }

        // The error is of second order in the noise: half the noise, a quarter of the error.
        (Error(0.2) / Error(0.1)).Should().BeInRange(3.3, 4.1);
        (Error(0.1) / Error(0.05)).Should().BeInRange(3.7, 4.1);
        Error(0.05).Should().BeLessThan(0.01);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(18)]
    public void A_sample_is_a_latent_vector_mapped_and_the_generator_states_no_density(int seed)
    {
        manual_seed(seed);
        using var scope = NewDisposeScope();
        using var generator = new MlpGenerator(latentSize: 3, width: 16, outputSize: 2);
        using var random = SeededRandom.Create(seed, "latents");
        using var again = SeededRandom.Create(seed, "latents");

        var samples = generator.Sample(100, random: random);

        samples.equal(generator.call(generator.Prior.Sample(100, again), null)).all().item<bool>().Should().BeTrue();
        typeof(GeneratorNetwork).Should().NotImplement<IDensity>();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(19)]
    public void Against_the_best_discriminator_no_generator_does_better_than_the_density_of_the_data(int seed)
    {
        using var scope = NewDisposeScope();
        using var pair = DensityPair.Draw(seed);
        double BestValue(GaussianMixture generator, Tensor fake) =>
            ValueFunction.Of(DensityRatio.Log(pair.Data, generator, pair.RealPoints), DensityRatio.Log(pair.Data, generator, fake));

        BestValue(pair.Data, pair.RealPoints).Should().BeApproximately(-2 * Math.Log(2), 1e-12);
        BestValue(pair.Generator, pair.FakePoints).Should().BeGreaterThan(-2 * Math.Log(2) + 1e-3);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(19)]
    public void The_gradient_with_D_frozen_at_its_best_is_the_gradient_through_the_best_D(int seed)
    {
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(3 * random.NextDouble() - 1, 0.5 + random.NextDouble());
        using var density = generator.Density();
        var (mean, deviation) = (density.Components[0].Mean[0], Math.Sqrt(density.Components[0].Covariance(0, 0)));
        var z = arange(-9, 9, 0.01, float64).unsqueeze(1);
        var logits = DensityRatio.Log(data, density, generator.call(z, null));

        (GanObjective.Minimax.GeneratorLoss(logits, null) * data.LogDensity(z).exp() * 0.01).sum().backward();

        // The value of the best discriminator follows the generator: 2 JSD − 2 ln 2 (equation 14).
        double BestValue(double otherMean, double otherDeviation)
        {
            using var other = Mixtures.Normal(otherMean, otherDeviation);
            return 2 * JensenShannon.Quadrature(data, other);
        }
        const double Step = 1e-4;
        var gradients = generator.parameters().Select(parameter => (double)parameter.grad!.item<float>());
        gradients.Should().BeEquivalentTo(
            [
                (BestValue(mean + Step, deviation) - BestValue(mean - Step, deviation)) / (2 * Step),
                (BestValue(mean, deviation + Step) - BestValue(mean, deviation - Step)) / (2 * Step),
            ],
            options => options.WithStrictOrdering().Using<double>(pair => pair.Subject.Should().BeApproximately(pair.Expectation, 1e-6)).WhenTypeIs<double>());
    }

    private static Tensor NormalDensity(Tensor x, Tensor mean, double deviation) =>
        (-((x - mean) / deviation).square() / 2).exp() / (deviation * Math.Sqrt(2 * Math.PI));

    private static Tensor NormalDensity(Tensor x, double mean, double deviation) => NormalDensity(x, tensor(mean), deviation);

    private static Tensor NormalBelow(Tensor x, double mean, double deviation) => (1 + ((x - mean) / (deviation * Math.Sqrt(2))).erf()) / 2;
}
