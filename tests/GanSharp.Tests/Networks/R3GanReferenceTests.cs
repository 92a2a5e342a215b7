using FluentAssertions;
using GanSharp.Data.Images;
using GanSharp.Networks.R3Gan;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Players;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Networks;

/// <summary>R3GAN's networks against PyTorch in float64 (tests/peers/r3gan_reference.py).</summary>
public sealed class R3GanReferenceTests
{
    private const double Tolerance = 1e-9, Gamma = 0.5;
    private const int Batch = 4, Steps = 20;
    private static readonly Reference[] References = Fixture.Read<Reference[]>("Networks", "r3gan.json");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Samples_logits_and_their_gradients_are_those_of_PyTorch(int index)
    {
        using var scope = NewDisposeScope();
        var (setting, expected) = (References[index].Case, References[index].Forward);
        using var generator = PeerNetworks.Filled(setting.Generator(), 100);
        using var discriminator = PeerNetworks.Filled(setting.Discriminator(), 200);
        var latents = PeerNetworks.Numbers(3, Batch, setting.LatentSize).requires_grad_(true);
        var images = PeerNetworks.Numbers(4, [Batch, .. setting.Image.Select(size => (long)size)]).requires_grad_(true);

        var samples = generator.call(latents, setting.Labels());
        (samples * PeerNetworks.Numbers(5, samples.shape)).sum().backward();
        var logits = discriminator.call(images, setting.Labels()).Logits;
        var penalties = PeerNetworks.Penalty(images, logits);
        (logits * PeerNetworks.Numbers(6, Batch) + penalties).sum().backward();

        PeerNetworks.Difference(PeerNetworks.Values(samples), expected.Samples).Should().BeLessThan(Tolerance);
        PeerNetworks.Difference(PeerNetworks.Values(latents.grad!), expected.LatentGradient).Should().BeLessThan(Tolerance);
        Compare(PeerNetworks.Projections(PeerNetworks.Ordered(generator).Select(parameter => parameter.grad!)), expected.GeneratorGradients);
        PeerNetworks.Difference(PeerNetworks.Values(logits), expected.Logits).Should().BeLessThan(Tolerance);
        PeerNetworks.Difference(PeerNetworks.Values(penalties), expected.Penalties).Should().BeLessThan(Tolerance);
        Compare(PeerNetworks.Projections([images.grad!]), [expected.InputGradient]);
        // Through the penalty, these are derivatives of the second order.
        Compare(PeerNetworks.Projections(PeerNetworks.Ordered(discriminator).Select(parameter => parameter.grad!)), expected.DiscriminatorGradients);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Twenty_steps_of_RpGAN_with_R1_and_R2_are_those_of_PyTorch(int index)
    {
        using var scope = NewDisposeScope();
        var (setting, expected) = (References[index].Case, References[index].Training);
        using var generator = PeerNetworks.Filled(setting.Generator(), 100);
        using var discriminator = PeerNetworks.Filled(setting.Discriminator(), 200);
        var adam = new AdamOptions { LearningRate = 1e-2, Beta1 = 0, Beta2 = 0.99 };
        using var g = new Player(generator, adam);
        using var d = new Player(discriminator, adam);
        var objective = new RelativisticPaired();
        var (labels, losses) = (setting.Labels(), new List<double>());
        for (var step = 0; step < Steps; step++)
        {
            var real = PeerNetworks.Numbers(1000 + step, [Batch, .. setting.Image.Select(size => (long)size)]).requires_grad_(true);
            var fake = generator.call(PeerNetworks.Numbers(2000 + step, Batch, setting.LatentSize), labels);
            var seen = fake.detach().requires_grad_(true);
            using var pass = new DiscriminatorPass(discriminator, new(real, discriminator.call(real, labels), labels), new(seen, discriminator.call(seen, labels), labels), step);
            var discriminatorLoss = objective.DiscriminatorLoss(pass.Real.Logits, pass.Fake.Logits).mean() + new R1(Gamma).Evaluate(pass).mean() + new R2(Gamma).Evaluate(pass).mean();
            d.Descend(discriminatorLoss);
            using var held = d.Hold();
            var generatorLoss = objective.GeneratorLoss(discriminator.call(fake, labels).Logits, discriminator.call(real.detach(), labels).Logits).mean();
            g.Descend(generatorLoss);
            losses.AddRange([discriminatorLoss.item<double>(), generatorLoss.item<double>()]);
        }

        PeerNetworks.Difference(losses, expected.Losses.SelectMany(pair => pair)).Should().BeLessThan(Tolerance);
        Compare(PeerNetworks.Projections(PeerNetworks.Ordered(generator)), expected.Generator);
        Compare(PeerNetworks.Projections(PeerNetworks.Ordered(discriminator)), expected.Discriminator);
    }

    private static void Compare(double[][] actual, double[][] expected) =>
        PeerNetworks.Difference(actual.SelectMany(pair => pair), expected.SelectMany(pair => pair)).Should().BeLessThan(Tolerance);

    public sealed record Reference(Setting Case, ForwardValues Forward, TrainingValues Training);

    public sealed record Setting(int[] Image, int LatentSize, int[] Widths, int BlocksPerMap, int Expansion, int GroupSize, int Classes)
    {
        private ImageShape Shape => new(Image[0], Image[1], Image[2]);

        private R3GanOptions Options => new() { Widths = Widths, BlocksPerMap = BlocksPerMap, Expansion = Expansion, GroupSize = GroupSize };

        private int? ClassesOrNone => Classes == 0 ? null : Classes;

        public R3GanGenerator Generator() => new(Shape, LatentSize, Options, ClassesOrNone);

        public R3GanDiscriminator Discriminator() => new(Shape, Options, ClassesOrNone);

        public Tensor? Labels() => Classes == 0 ? null : arange(Batch) % Classes;
    }

    public sealed record ForwardValues(
        double[] Samples, double[] LatentGradient, double[][] GeneratorGradients, double[] Logits, double[] Penalties, double[] InputGradient, double[][] DiscriminatorGradients);

    public sealed record TrainingValues(double[][] Losses, double[][] Generator, double[][] Discriminator);
}
