using FluentAssertions;
using GanSharp.Divergences;
using GanSharp.Networks;
using GanSharp.Objectives;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>Equations 8 to 11: what a discriminator is judged by, for discriminators that are nowhere near the best.</summary>
public sealed class ValueEquations
{
    public static TheoryData<int> Seeds => DensityPair.Seeds;

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(8)]
    public void The_loss_of_D_is_twice_the_cross_entropy_of_the_labels(int seed)
    {
        using var scope = NewDisposeScope();
        using var pair = DensityPair.Draw(seed);
        using var discriminator = Discriminator(seed);
        var (real, fake) = (discriminator.Logits(pair.Data.Draw(seed, 0, 500).Samples.to(float64)), discriminator.Logits(pair.Generator.Draw(seed, 0, 500).Samples.to(float64)));

        var crossEntropy = CrossEntropy(real, fake);

        foreach (var objective in new[] { GanObjective.Minimax, GanObjective.NonSaturating })
            (objective.DiscriminatorLoss(real, fake).mean().item<double>() / 2).Should().BeApproximately(crossEntropy, 1e-9);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(9)]
    public void With_a_share_of_real_samples_each_class_counts_by_its_share(int seed)
    {
        using var scope = NewDisposeScope();
        using var pair = DensityPair.Draw(seed);
        using var discriminator = Discriminator(seed);
        var (realCount, fakeCount) = (100 * seed, 700);
        var share = realCount / (double)(realCount + fakeCount);
        var (real, fake) = (discriminator.Logits(pair.Data.Draw(seed, 0, realCount).Samples.to(float64)), discriminator.Logits(pair.Generator.Draw(seed, 0, fakeCount).Samples.to(float64)));

        var logReal = -GanObjective.NonSaturating.GeneratorLoss(real, null).mean().item<double>();
        var logGenerated = GanObjective.Minimax.GeneratorLoss(fake, null).mean().item<double>();

        (share * logReal + (1 - share) * logGenerated).Should().BeApproximately(-CrossEntropy(real, fake), 1e-9);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(9)]
    public void The_weighted_value_is_minus_the_cross_entropy_of_a_batch_with_that_share_of_real_samples(int seed)
    {
        using var scope = NewDisposeScope();
        using var pair = DensityPair.Draw(seed);
        using var discriminator = Discriminator(seed);
        var (realCount, fakeCount) = (100 * seed, 700);
        var share = realCount / (double)(realCount + fakeCount);
        var (real, fake) = (discriminator.Logits(pair.Data.Draw(seed, 0, realCount).Samples.to(float64)), discriminator.Logits(pair.Generator.Draw(seed, 0, fakeCount).Samples.to(float64)));

        // D's logit holds the odds of the share, which equation 5 takes out and the value puts back.
        ValueFunction.Of(DensityRatio.Log(real, share), DensityRatio.Log(fake, share), realShare: share).Should().BeApproximately(-CrossEntropy(real, fake), 1e-9);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(10)]
    public void With_as_many_real_as_generated_samples_V_is_minus_twice_the_cross_entropy(int seed)
    {
        using var scope = NewDisposeScope();
        using var pair = DensityPair.Draw(seed);
        using var discriminator = Discriminator(seed);
        var (real, fake) = (discriminator.Logits(pair.Data.Draw(seed, 0, 500).Samples.to(float64)), discriminator.Logits(pair.Generator.Draw(seed, 0, 500).Samples.to(float64)));

        ValueFunction.Of(real, fake).Should().BeApproximately(-2 * CrossEntropy(real, fake), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(11)]
    public void V_is_the_integral_of_ln_D_under_the_data_and_of_ln_1_minus_D_under_the_generator(int seed)
    {
        using var scope = NewDisposeScope();
        using var pair = DensityPair.Draw(seed);
        using var discriminator = Discriminator(seed);

        var value = ValueFunction.Of(discriminator.Logits(pair.RealPoints), discriminator.Logits(pair.FakePoints));

        var probability = discriminator.Logits(pair.Grid).sigmoid();
        var integral = (pair.DataWeights * probability.log() + pair.GeneratorWeights * (1 - probability).log()).sum().item<double>();
        value.Should().BeApproximately(integral, 1e-5);
    }

    private static MlpDiscriminator Discriminator(int seed)
    {
        manual_seed(seed);
        var discriminator = new MlpDiscriminator(inputSize: 1, width: 16);
        discriminator.to(float64);
        return discriminator;
    }

    /// <summary>Torch's cross-entropy of the pooled samples, real ones labeled 1.</summary>
    private static double CrossEntropy(Tensor real, Tensor fake) =>
        functional.binary_cross_entropy_with_logits(cat([real, fake]), cat([ones_like(real), zeros_like(fake)])).item<double>();
}
