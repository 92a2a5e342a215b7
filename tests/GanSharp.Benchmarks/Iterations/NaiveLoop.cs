using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Randomness;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace GanSharp.Benchmarks.Iterations;

/// <summary>
/// The minimax game as someone writes it who takes TorchSharp's parts as they are: a forward pass of G for each of the two steps, stock Adam,
/// and gradients of D in G's step that nobody uses. Both steps take the same latents, so that its losses can be held against the trainer's.
/// </summary>
internal sealed class NaiveLoop : IDisposable
{
    private readonly GeneratorNetwork generator;
    private readonly DiscriminatorNetwork discriminator;
    private readonly Dataset data;
    private readonly int batchSize;
    private readonly optim.Optimizer generatorOptimizer, discriminatorOptimizer;
    private readonly Generator random = SeededRandom.Create(0, "latents");
    private readonly Tensor ones, zeros;
    private long seen;

    public NaiveLoop(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, int batchSize)
    {
        (this.generator, this.discriminator, this.data, this.batchSize) = (generator, discriminator, data, batchSize);
        generatorOptimizer = optim.Adam(generator.parameters(), lr: 2e-4, beta1: 0.5, beta2: 0.999);
        discriminatorOptimizer = optim.Adam(discriminator.parameters(), lr: 2e-4, beta1: 0.5, beta2: 0.999);
        (ones, zeros) = (torch.ones(batchSize), torch.zeros(batchSize));
    }

    /// <summary>One step of each player.</summary>
    /// <param name="losses">Gets the losses of D and G where it isn't null; reading them costs a little.</param>
    public void Step(List<(double Discriminator, double Generator)>? losses = null)
    {
        using var scope = NewDisposeScope();
        var real = data.Draw(seed: 0, seen, batchSize).Samples;
        var latents = generator.Prior.Sample(batchSize, random);
        seen += batchSize;

        discriminatorOptimizer.zero_grad();
        var fake = generator.call(latents, null).detach();
        var discriminatorLoss = binary_cross_entropy_with_logits(discriminator.call(real, null).Logits, ones)
            + binary_cross_entropy_with_logits(discriminator.call(fake, null).Logits, zeros);
        discriminatorLoss.backward();
        discriminatorOptimizer.step();

        generatorOptimizer.zero_grad();
        var generatorLoss = -binary_cross_entropy_with_logits(discriminator.call(generator.call(latents, null), null).Logits, zeros);
        generatorLoss.backward();
        generatorOptimizer.step();

        losses?.Add((discriminatorLoss.ToDouble(), generatorLoss.ToDouble()));
    }

    public void Dispose()
    {
        generatorOptimizer.Dispose();
        discriminatorOptimizer.Dispose();
        random.Dispose();
        ones.Dispose();
        zeros.Dispose();
    }
}
