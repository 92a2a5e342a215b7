using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Randomness;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Training;

/// <summary>What makes a step fast changes no result: the losses of the first steps are those of the loop that a user would write.</summary>
public sealed class NaiveLoopTests
{
    private const int Steps = 20, BatchSize = 16;

    [Fact]
    public void Losses_of_an_mlp_are_those_of_a_naive_loop() =>
        Compare(() => Mixtures.Ring(), () => new MlpGenerator(2, 32, 2), () => new MlpDiscriminator(2, 32));

    [Fact]
    public void Losses_of_a_dcgan_are_those_of_a_naive_loop() =>
        Compare(
            () => new InMemoryDataset(randint(0, 256, [64, 1, 16, 16], ScalarType.Byte)),
            () => new DcganGenerator(new ImageShape(1, 16, 16), 2, 8),
            () => new DcganDiscriminator(new ImageShape(1, 16, 16), 8));

    private static void Compare(Func<Dataset> makeData, Func<GeneratorNetwork> makeGenerator, Func<DiscriminatorNetwork> makeDiscriminator)
    {
        manual_seed(2);
        using var scope = NewDisposeScope();
        using var data = makeData();
        using var generator = makeGenerator();
        using var discriminator = makeDiscriminator();
        using var naiveGenerator = makeGenerator();
        using var naiveDiscriminator = makeDiscriminator();
        naiveGenerator.load_state_dict(generator.state_dict());
        naiveDiscriminator.load_state_dict(discriminator.state_dict());
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = BatchSize, Prefetch = true });

        var own = trainer.Train(Steps).Select(report => (report.DiscriminatorLoss, report.GeneratorLoss)).ToArray();

        var naive = Naive(naiveGenerator, naiveDiscriminator, data);
        own.Zip(naive, (a, b) => Math.Max(Math.Abs(a.DiscriminatorLoss - b.Item1), Math.Abs(a.GeneratorLoss - b.Item2))).Max().Should().BeLessThan(1e-4);
    }

    /// <summary>Two forwards of D, stock Adam, D's gradients computed in G's step and thrown away.</summary>
    private static List<(double, double)> Naive(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data)
    {
        using var random = SeededRandom.Create(0, "latents");
        var discriminatorOptimizer = optim.Adam(discriminator.parameters(), 2e-4, 0.5, 0.999);
        var generatorOptimizer = optim.Adam(generator.parameters(), 2e-4, 0.5, 0.999);
        var losses = new List<(double, double)>();
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            var real = data.Draw(0, step * BatchSize, BatchSize).Samples;
            var latents = randn([BatchSize, 2], ScalarType.Float32, generator: random);
            discriminatorOptimizer.zero_grad();
            var fake = generator.call(latents, null);
            var discriminatorLoss = -(functional.logsigmoid(discriminator.call(real, null).Logits).mean() + functional.logsigmoid(-discriminator.call(fake.detach(), null).Logits).mean());
            discriminatorLoss.backward();
            discriminatorOptimizer.step();
            generatorOptimizer.zero_grad();
            var generatorLoss = functional.logsigmoid(-discriminator.call(fake, null).Logits).mean();
            generatorLoss.backward();
            generatorOptimizer.step();
            losses.Add((discriminatorLoss.item<float>(), generatorLoss.item<float>()));
        }
        return losses;
    }
}
