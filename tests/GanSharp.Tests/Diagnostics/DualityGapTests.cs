using FluentAssertions;
using GanSharp.Data;
using GanSharp.Diagnostics;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization;
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

        TestContext.Current.TestOutputHelper?.WriteLine($"{2 * divergence} {gap}");
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

        TestContext.Current.TestOutputHelper?.WriteLine($"{gap}");
        gap.Value.Value.Should().BeApproximately(0, 0.003);
        gap.BestGeneratorValue.Should().BeApproximately(-2 * JensenShannon.Maximum, 1e-9, "D says one half everywhere, so no G changes V");
    }

    private static DualityGap Measure(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, DualityGapOptions options)
    {
        using var generatorParameters = new FlatParameters(generator);
        using var discriminatorParameters = new FlatParameters(discriminator);
        return DualityGap.Measure(generator, generatorParameters, discriminator, discriminatorParameters, GanObjective.Minimax, data, options);
    }
}
