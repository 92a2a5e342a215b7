using FluentAssertions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Randomness;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Networks;

public sealed class NetworkTests
{
    [Fact]
    public void Sample_runs_in_evaluation_mode_and_restores_training()
    {
        using var scope = NewDisposeScope();
        using var generator = new DcganGenerator(new ImageShape(1, 8, 8), latentSize: 4, width: 4);
        generator.train();
        var latents = generator.Prior.Sample(6, SeededRandom.Create(0, "test"));

        var alone = generator.Sample(1, random: SeededRandom.Create(0, "test"));
        var together = generator.Sample(6, random: SeededRandom.Create(0, "test"));

        generator.training.Should().BeTrue();
        together.requires_grad.Should().BeFalse();
        generator.eval();
        (generator.call(latents, null) - together).abs().max().item<float>().Should().BeLessThan(1e-6f);
        alone.shape.Should().Equal(1, 1, 8, 8);
    }

    [Fact]
    public void Many_samples_are_judged_in_pieces_with_the_same_result()
    {
        using var scope = NewDisposeScope();
        using var discriminator = new MlpDiscriminator(inputSize: 2, width: 8);
        var samples = randn(2_500, 2);

        var logits = discriminator.Logits(samples);

        (logits - discriminator.call(samples, null).Logits.detach()).abs().max().item<float>().Should().BeLessThan(1e-6f);
    }

    [Fact]
    public void Labels_are_cut_with_the_samples()
    {
        using var scope = NewDisposeScope();
        using var discriminator = new LabelReader();

        discriminator.Logits(zeros(2_500, 2), arange(2_500, ScalarType.Int64)).equal(arange(2_500, ScalarType.Float32)).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void An_mlp_makes_samples_of_any_shape()
    {
        using var scope = NewDisposeScope();
        using var generator = new MlpGenerator(4, 8, new ImageShape(3, 5, 2));
        using var discriminator = new MlpDiscriminator(30, 8);

        var samples = generator.Sample(7);

        samples.shape.Should().Equal(7, 3, 5, 2);
        discriminator.Logits(samples).shape.Should().Equal(7);
    }

    [Fact]
    public void The_affine_generator_knows_its_density()
    {
        using var scope = NewDisposeScope();
        using var generator = new AffineGenerator(mean: 3, standardDeviation: 0.5);
        using var density = generator.Density();

        var samples = generator.Sample(20_000, random: SeededRandom.Create(0, "test"));

        samples.mean().item<float>().Should().BeApproximately(3, 0.02f);
        samples.std().item<float>().Should().BeApproximately(0.5f, 0.01f);
        density.LogDensity(tensor(new[,] { { 3.0 } })).item<double>().Should().BeApproximately(-Math.Log(0.5 * Math.Sqrt(2 * Math.PI)), 1e-12);
    }

    [Fact]
    public void Zero_samples_are_refused()
    {
        using var generator = new MlpGenerator(4, 8, 2);

        generator.Invoking(network => network.Sample(0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("count");
    }

    private sealed class LabelReader() : DiscriminatorNetwork(nameof(LabelReader))
    {
        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => labels!.to(ScalarType.Float32);
    }
}
