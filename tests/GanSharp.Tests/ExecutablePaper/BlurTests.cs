using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Divergences;
using GanSharp.Networks;
using GanSharp.Networks.Autoencoders;
using GanSharp.Optimization;
using GanSharp.Players;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>Why a VAE blurs and a GAN doesn't, on one pixel that is either −1 or 1.</summary>
public sealed class BlurTests
{
    private const double Spread = 0.05;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_best_output_for_two_values_is_their_mean_under_squared_error_and_under_cross_entropy(int which)
    {
        using var scope = NewDisposeScope();
        Likelihood likelihood = which == 0 ? new GaussianLikelihood() : new BernoulliLikelihood();
        // For each output the likelihood of −1 plus that of 1.
        var outputs = linspace(-0.9, 0.9, 37, ScalarType.Float32).view(37, 1);
        var total = likelihood.call(-ones_like(outputs), outputs) + likelihood.call(ones_like(outputs), outputs);

        outputs[total.argmax()].item<float>().Should().BeApproximately(0, 1e-6f);
    }

    [Fact]
    public void What_has_the_mean_alone_has_nothing_in_common_with_the_data()
    {
        using var data = Mixtures.Line(2, spacing: 2, standardDeviation: Spread);
        using var mean = new GaussianMixture([new Gaussian(0, Spread)]);

        JensenShannon.Quadrature(data, mean).Should().BeApproximately(Math.Log(2), 1e-6);
        JensenShannon.Quadrature(data, data).Should().BeApproximately(0, 1e-12);
    }

    [Fact]
    public void A_VAE_of_unit_variance_makes_the_mean_and_a_GAN_makes_the_two_values()
    {
        using var scope = NewDisposeScope();
        manual_seed(0);
        using var data = Mixtures.Line(2, spacing: 2, standardDeviation: Spread);
        // Telling the values apart costs ln 2 = 0.69 nats of KL and gains 1 / (2 σ²) = 0.5 nats: a VAE with σ = 1 ignores z.
        using var vae = new VariationalAutoencoder(new MlpEncoder(1, 16, 1), new MlpGenerator(1, 16, 1), new GaussianLikelihood(1, isLearned: false));
        using var player = new Player(vae, new AdamOptions { LearningRate = 3e-3, Beta1 = 0.9 });
        for (var step = 0; step < 600; step++)
        {
            using var one = NewDisposeScope();
            player.Descend(vae.call(data.Draw(0, 256 * step, 256).Samples, null).Loss());
        }
        using var generator = new MlpGenerator(1, 32, 1);
        using var discriminator = new MlpDiscriminator(1, 32);
        using var trainer = new GanTrainer(generator, discriminator, data, TrainingOptions.RegularizedRelativistic(1_500, 0.1, 2e-3) with { BatchSize = 128 });
        _ = trainer.Train(1_500).Every(1_500).Last();

        var (blurred, sharp) = (vae.Decoder.Sample(1_000), trainer.Sample(1_000));

        // Six standard deviations of either mode begin at ±0.7.
        (blurred.abs() < 0.3).@float().mean().item<float>().Should().BeGreaterThan(0.95f, "the data has nothing there");
        (sharp.abs() > 0.7).@float().mean().item<float>().Should().BeGreaterThan(0.9f);
        (sharp > 0).@float().mean().item<float>().Should().BeInRange(0.3f, 0.7f);
    }
}
