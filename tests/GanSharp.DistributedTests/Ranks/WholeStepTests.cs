using FluentAssertions;
using GanSharp.Communication;
using GanSharp.Contracts;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Optimization;
using GanSharp.Optimization.Averages;
using GanSharp.Penalties;
using GanSharp.Penalties.Lipschitz;
using GanSharp.Players;
using GanSharp.Tensors;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Ranks;

/// <summary>Several ranks, each with its part of every batch, take the steps of one process with the whole batch: in float64, so that nothing but rounding is between them.</summary>
public sealed class WholeStepTests
{
    private const int Steps = 100, PartSize = 4, MicroBatches = 2, DiscriminatorSteps = 2, Classes = 3, LatentSize = 5;
    private static readonly ImageShape Image = new(1, 8, 8);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Batch_norm_penalties_accumulation_labels_and_averaged_weights_over_ranks_equal_one_process_with_the_whole_batch(int size)
    {
        var alone = Train(SingleProcess.Instance, size * PartSize);
        var ranks = RankThreads.Run(size, own => Train(own, PartSize));

        ranks.Skip(1).Should().OnlyContain(values => values.SequenceEqual(ranks[0]), "every rank has the same bits");
        var largest = alone.Max(Math.Abs);
        ranks[0].Zip(alone).Max(pair => Math.Abs(pair.First - pair.Second) / largest).Should().BeLessThan(1e-12);
    }

    [Fact]
    public void The_maximum_gradient_penalty_is_that_of_the_whole_batch()
    {
        var penalties = RankThreads.Run(2, ranks =>
        {
            using var scope = NewDisposeScope();
            using var discriminator = new MlpDiscriminator(2, 4);
            using var inside = AcrossRanks.Enter(new RankContext(ranks));
            using (no_grad())
                foreach (var parameter in discriminator.parameters())
                    parameter.fill_(0.3 * (ranks.Rank + 1));
            var samples = new JudgedSamples(ones(3, 2), discriminator.call(ones(3, 2), null), null);
            using var pass = new DiscriminatorPass(discriminator, samples, samples, 0);
            return new MaximumGradientPenalty(1).Evaluate(pass).data<float>().ToArray();
        });

        penalties[1].Should().Equal(penalties[0]).And.AllSatisfy(value => value.Should().BePositive());
    }

    /// <summary>Parameters, buffers and G's average after R1, R2 and the non-saturating game with batch norm in both networks.</summary>
    private static double[] Train(ICommunicator ranks, int partSize)
    {
        using var scope = NewDisposeScope();
        using var made = new Generator(7);
        var generator = new DcganGenerator(Image, LatentSize, width: 3, classes: Classes);
        var discriminator = new DcganDiscriminator(Image, width: 3, batchNorm: true, classes: Classes);
        generator.to(ScalarType.Float64);
        discriminator.to(ScalarType.Float64);
        using (no_grad())
            foreach (var parameter in generator.parameters().Concat(discriminator.parameters()))
                parameter.copy_(0.2 * randn(parameter.shape, ScalarType.Float64, generator: made));
        using var g = new Player(generator, new SgdOptions { LearningRate = 0.01 }) { Communicator = ranks };
        using var d = new Player(discriminator, new SgdOptions { LearningRate = 0.01 }) { Communicator = ranks };
        using var average = new WeightAverage(generator, g.Parameters, halfLifeImages: 60);
        using SynchronizedNorms ofG = new(generator), ofD = new(discriminator);
        using var inside = AcrossRanks.Enter(ranks.Size == 1 ? null : new RankContext(ranks));
        for (var step = 0; step < Steps; step++)
        {
            for (var draw = 0; draw < DiscriminatorSteps; draw++)
            {
                for (var part = 0; part < MicroBatches; part++)
                {
                    using var pass = NewDisposeScope();
                    var (real, latents, labels) = Part(ranks, partSize, [step, draw, part]);
                    var fake = generator.call(latents, labels).detach().requires_grad_();
                    real.requires_grad_();
                    var (ofReal, ofFake) = (discriminator.call(real, labels).Logits, discriminator.call(fake, labels).Logits);
                    var loss = functional.softplus(-ofReal).mean() + functional.softplus(ofFake).mean();
                    foreach (var (logits, input) in new[] { (ofReal, real), (ofFake, fake) })
                        loss += 0.5 * autograd.grad([logits.sum()], [input], retain_graph: true, create_graph: true)[0].square().sum([1, 2, 3]).mean();
                    d.Accumulate(loss / MicroBatches);
                }
                d.Update();
            }
            using var last = NewDisposeScope();
            var (_, z, y) = Part(ranks, partSize, [step, DiscriminatorSteps, 0]);
            using (d.Hold())
                g.Descend(functional.softplus(-discriminator.call(generator.call(z, y), y).Logits).mean());
            average.Update(ranks.Size * partSize);
        }
        var averaged = ((IStateful)average).State.Select(entry => entry.Value);
        double[] values = [.. generator.parameters().Concat(discriminator.parameters()).Concat(generator.buffers()).Concat(discriminator.buffers()).Concat(averaged).SelectMany(tensor => tensor.detach().to(ScalarType.Float64).data<double>().ToArray())];
        generator.Dispose();
        discriminator.Dispose();
        return values;
    }

    /// <summary>This rank's rows of the batch of all.</summary>
    private static (Tensor Real, Tensor Latents, Tensor Labels) Part(ICommunicator ranks, int partSize, int[] position)
    {
        using var random = new Generator((ulong)position.Aggregate(1, (seed, number) => 131 * seed + number));
        var all = (long)ranks.Size * partSize;
        Tensor Own(Tensor rows) => rows.narrow(0, (long)ranks.Rank * partSize, partSize).clone();
        return (Own(randn([all, 1, 8, 8], ScalarType.Float64, generator: random)), Own(randn([all, LatentSize], ScalarType.Float64, generator: random)), Own(randint(0, Classes, [all], generator: random)));
    }
}
