using FluentAssertions;
using GanSharp.Data;
using GanSharp.Diagnostics;
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

        TestContext.Current.TestOutputHelper?.WriteLine($"{signal}");
        signal.SaturatingNorm.Should().BeApproximately(saturating, 0.003);
        signal.NonSaturatingNorm.Should().BeApproximately(nonSaturating, 0.003);
        signal.ObjectiveNorm.Should().Be(signal.SaturatingNorm);
        signal.Ratio.Should().BeApproximately(saturating / nonSaturating, 0.01);
        signal.SaturatingCosine.Should().BeApproximately(1, 1e-9, "G has one parameter");
        // The gradient in θ is the weight times the slope of l.
        (signal.SaturatingWeight * shift).Should().BeApproximately(signal.SaturatingNorm, 1e-5);
        (signal.NonSaturatingWeight * shift).Should().BeApproximately(signal.NonSaturatingNorm, 1e-5);
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

        public override Tensor forward(Tensor samples, Tensor? labels) => (slope * samples + intercept).squeeze(1);
    }
}
