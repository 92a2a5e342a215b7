using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Diagnostics.Game;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Objectives;
using Xunit;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace GanSharp.Tests.Diagnostics;

public sealed class GradientSignalTests
{
    // G = θ + z against N(0, 1) at D*: eq. 21 gives d(2 JSD)/dθ, the non-saturating loss d(KL(p_g‖p_d) − 2 JSD)/dθ; 30-digit quadrature, rounded.
    [Theory]
    [InlineData(0.5, 0.235263506115, 0.264736493885)]
    [InlineData(1, 0.397972867183, 0.602027132817)]
    [InlineData(3, 0.295863753299, 2.7041362467)]
    [InlineData(6, 0.0124532392, 5.9875467608)]
    public void At_the_optimal_discriminator_it_is_what_theory_says(double shift, double saturating, double nonSaturating)
    {
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(shift, 1);
        generator.parameters().Last().requires_grad_(false);
        using var optimal = new LinearDiscriminator(-shift, shift * shift / 2);

        var signal = GradientSignal.Measure(generator, optimal, GanObjective.Minimax, data, samples: 400_000);

        signal.SaturatingNorm.Should().BeApproximately(saturating, 0.003);
        signal.NonSaturatingNorm.Should().BeApproximately(nonSaturating, 0.003);
        signal.ObjectiveNorm.Should().Be(signal.SaturatingNorm);
        signal.Ratio.Should().BeApproximately(saturating / nonSaturating, 0.01);
        signal.SaturatingCosine.Should().BeApproximately(1, 1e-9, "G has one parameter");
        // The gradient in θ is the weight times the slope of l.
        (signal.SaturatingWeight * shift).Should().BeApproximately(signal.SaturatingNorm, 1e-5);
        (signal.NonSaturatingWeight * shift).Should().BeApproximately(signal.NonSaturatingNorm, 1e-5);
    }

    [Fact]
    public void It_agrees_with_gradients_by_backward_and_leaves_none_behind()
    {
        manual_seed(1);
        using var scope = NewDisposeScope();
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);

        var signal = GradientSignal.Measure(generator, discriminator, GanObjective.RelativisticPaired, data, samples: 32, seed: 5);

        generator.parameters().Concat(discriminator.parameters()).Should().NotContain(parameter => HasGradient(parameter));
        using var random = GanSharp.Randomness.SeededRandom.Create(5, "latents of a gradient signal");
        var real = discriminator.Logits(data.Draw(5, 0, 32).Samples);
        var fake = discriminator.call(generator.call(generator.Prior.Sample(32, random), null), null).Logits;
        GanObjective.RelativisticPaired.GeneratorLoss(fake, real).mean().backward();
        signal.ObjectiveNorm.Should().BeApproximately(cat([.. generator.parameters().Select(parameter => parameter.grad!.flatten())]).norm().item<float>(), 1e-6);
        signal.ObjectiveCosine.Should().BeInRange(-1, 1);
        (signal.SaturatingWeight + signal.NonSaturatingWeight).Should().BeApproximately(1, 1e-12);
    }

    [Fact]
    public void A_parameter_that_no_loss_reaches_counts_as_0()
    {
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(1, 1);
        using var blind = new LinearDiscriminator(0, -1);

        var signal = GradientSignal.Measure(generator, blind, GanObjective.NonSaturating, data);

        (signal.SaturatingNorm, signal.NonSaturatingNorm).Should().Be((0, 0));
        signal.SaturatingCosine.Should().Be(double.NaN);
        signal.SaturatingWeight.Should().BeApproximately(1 / (1 + Math.E), 1e-7);
    }

    [Fact]
    public void A_critic_and_a_frozen_generator_are_refused()
    {
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(1, 1);
        using var discriminator = new LinearDiscriminator(1, 0);
        new Action(() => GradientSignal.Measure(generator, discriminator, new Critic(), data)).Should().Throw<DiagnosticRefusedException>()
            .WithMessage("Critic's logits are no density ratio, so D is no probability and eq. 21 has no meaning for it.");

        foreach (var parameter in generator.parameters())
            parameter.requires_grad_(false);

        new Action(() => GradientSignal.Measure(generator, discriminator, GanObjective.Minimax, data)).Should().Throw<DiagnosticRefusedException>()
            .WithMessage("Every parameter of AffineGenerator is frozen, so it gets no gradient.");
    }

    private static bool HasGradient(Tensor parameter) => parameter.grad is { IsInvalid: false };

    private sealed class Critic : LogitObjective
    {
        public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => fake - real;

        public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => -fake;
    }

    /// <summary>l = slope · x + intercept.</summary>
    private sealed class LinearDiscriminator : DiscriminatorNetwork
    {
        private readonly Parameter slope, intercept;

        public LinearDiscriminator(double slope, double intercept)
            : base(nameof(LinearDiscriminator))
        {
            (this.slope, this.intercept) = (new Parameter(tensor((float)slope)), new Parameter(tensor((float)intercept)));
            RegisterComponents();
        }

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => (slope * samples + intercept).squeeze(1);
    }
}
