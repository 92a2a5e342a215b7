using FluentAssertions;
using GanSharp.Augmentations;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Residual;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Players;
using GanSharp.Tests.Networks;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Training;

/// <summary>Twenty steps of SNGAN's game and of a DCGAN behind DiffAugment are PyTorch's in float64 (tests/peers/steps_reference.py): losses, weights, singular vectors and samples.</summary>
public sealed class StepReferenceTests
{
    private const double Tolerance = 1e-9, Rate = 2e-4;
    private const int Steps = 20, Batch = 4, Classes = 3;
    private static readonly ImageShape Image = new(3, 8, 8);
    private static readonly Reference Expected = Fixture.Read<Reference>("Training", "steps.json");

    private delegate DiscriminatorOutput Judge(Tensor samples, Tensor labels, int draw);

    [Fact]
    public void SNGAN_hinge_with_spectral_norm_takes_the_steps_of_PyTorch_and_leaves_its_singular_vectors()
    {
        const int LatentSize = 6;
        using var scope = NewDisposeScope();
        using var generator = new ResnetGenerator(Image, LatentSize, width: 4, Classes);
        using var discriminator = new ResnetDiscriminator(Image, width: 4, Classes);
        Fill(generator, PeerNetworks.Ordered(generator.to(ScalarType.Float64)), 100);
        Fill(discriminator, PeerNetworks.Ordered(discriminator.to(ScalarType.Float64)), 200);
        var vectors = discriminator.named_buffers().Where(named => named.name[^2..] is ".u" or ".v").OrderBy(named => named.name, StringComparer.Ordinal).ToArray();
        using (no_grad())
            foreach (var (index, (_, vector)) in vectors.Index())
                vector.copy_(functional.normalize(PeerNetworks.Numbers(300 + index, vector.shape), dim: 0));

        var run = Play(generator, discriminator, discriminatorSteps: 2, (0, 0.9), GanObjective.Hinge, (samples, labels, _) => discriminator.call(samples, labels));

        ShouldBe(run, PeerNetworks.Ordered(generator), PeerNetworks.Ordered(discriminator), generator, Expected.SpectralNorm);
        vectors.Select(named => named.name).Should().Equal(Expected.SpectralNorm.Vectors.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, vector) in vectors)
            PeerNetworks.Difference(PeerNetworks.Values(vector), Expected.SpectralNorm.Vectors[name]).Should().BeLessThan(Tolerance, name);
    }

    [Fact]
    public void A_DCGAN_behind_DiffAugment_takes_the_steps_of_PyTorch()
    {
        using var scope = NewDisposeScope();
        using var generator = new DcganGenerator(Image, latentSize: 100, width: 2);
        using var discriminator = new DcganDiscriminator(Image, width: 2);
        var (ofG, ofD) = (generator.to(ScalarType.Float64).parameters().ToArray(), discriminator.to(ScalarType.Float64).parameters().ToArray());
        Fill(generator, ofG, 100);
        Fill(discriminator, ofD, 200);

        var run = Play(generator, discriminator, discriminatorSteps: 1, (0.5, 0.999), GanObjective.NonSaturating, (samples, labels, draw) =>
        {
            using var random = new Generator((ulong)draw);
            return discriminator.call(Augmentation.DiffAugment.Apply(samples, random), labels);
        });

        ShouldBe(run, ofG, ofD, generator, Expected.DiffAugment);
    }

    /// <summary>The script's game. The draws of batch n are 3n for real samples, 3n + 1 for generated ones and 3n + 2 for those of G's step.</summary>
    private static List<double> Play(
        GeneratorNetwork generator, DiscriminatorNetwork discriminator, int discriminatorSteps, (double, double) betas, GanObjective objective, Judge judge)
    {
        var options = new AdamOptions { LearningRate = Rate, Beta1 = betas.Item1, Beta2 = betas.Item2 };
        using var g = new Player(generator, options);
        using var d = new Player(discriminator, options);
        var (losses, index) = (new List<double>(), 0);
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            var (fake, labels, ofD) = (zeros(1), zeros(1), 0.0);
            for (var k = 0; k < discriminatorSteps; k++)
            {
                index++;
                var real = PeerNetworks.Numbers(10_000 + index, Batch, Image.Channels, Image.Height, Image.Width);
                labels = Labels(2 * index + 1);
                fake = generator.call(PeerNetworks.Numbers(20_000 + index, Batch, generator.Prior.Size), labels);
                using var context = new ObjectiveContext(judge(real, Labels(2 * index), 3 * index), judge(fake.detach(), labels, 3 * index + 1));
                var loss = objective.DiscriminatorLoss(context).Total();
                ofD = loss.item<double>();
                d.Descend(loss);
            }
            using var held = d.Hold();
            using var turn = new ObjectiveContext(null, judge(fake, labels, 3 * index + 2));
            var ofG = objective.GeneratorLoss(turn).Total();
            g.Descend(ofG);
            losses.AddRange([ofD, ofG.item<double>()]);
        }
        return losses;
    }

    private static void ShouldBe(List<double> losses, IReadOnlyList<Tensor> generatorValues, IReadOnlyList<Tensor> discriminatorValues, GeneratorNetwork generator, Run expected)
    {
        PeerNetworks.Difference(losses, expected.Losses.SelectMany(pair => pair)).Should().BeLessThan(Tolerance, "losses");
        PeerNetworks.Difference(PeerNetworks.Projections(generatorValues).SelectMany(pair => pair), expected.Generator.SelectMany(pair => pair)).Should().BeLessThan(Tolerance, "weights of G");
        PeerNetworks.Difference(PeerNetworks.Projections(discriminatorValues).SelectMany(pair => pair), expected.Discriminator.SelectMany(pair => pair)).Should().BeLessThan(Tolerance, "weights of D");
        generator.eval();
        // The statistics of batch norm show in samples of evaluation mode. A bias before batch norm has no gradient but rounding, which Adam enlarges: samples are compared on their own scale, [−1, 1].
        var samples = PeerNetworks.Values(generator.call(PeerNetworks.Numbers(40_000, Batch, generator.Prior.Size), Labels(0)));
        samples.Should().HaveCount(expected.Samples.Length);
        samples.Zip(expected.Samples, (own, peer) => Math.Abs(own - peer)).Max().Should().BeLessThan(Tolerance, "samples");
    }

    private static void Fill(Module network, IReadOnlyList<Tensor> parameters, long seed)
    {
        using var frozen = no_grad();
        network.train();
        foreach (var (index, parameter) in parameters.Index())
            parameter.copy_(PeerNetworks.Numbers(seed + 7919 * (index + 1), parameter.shape) * (parameter.dim() > 1 ? 1.5 / Math.Sqrt(parameter.numel() / parameter.shape[0]) : 0.5));
    }

    private static Tensor Labels(int index) => (Classes * (PeerNetworks.Numbers(30_000 + index, Batch) + 1) / 2).to(ScalarType.Int64);

    private sealed record Run(double[][] Losses, double[][] Generator, double[][] Discriminator, Dictionary<string, double[]> Vectors, double[] Samples);

    private sealed record Reference(Run SpectralNorm, Run DiffAugment);
}
