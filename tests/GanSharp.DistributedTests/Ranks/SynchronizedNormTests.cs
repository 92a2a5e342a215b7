using FluentAssertions;
using GanSharp.Communication;
using GanSharp.Contracts;
using GanSharp.Players;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.nn.functional;

namespace GanSharp.Tests.Ranks;

/// <summary>Batch norm over all ranks against batch norm of one process with the whole batch, in float64.</summary>
public sealed class SynchronizedNormTests
{
    private const int BatchSize = 6;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_game_with_batch_norm_in_both_networks_and_a_gradient_penalty_is_that_of_one_process(int size)
    {
        var alone = Play(null, size, steps: 100);

        var ranks = RankThreads.Run(size, communicator => Play(communicator, size, steps: 100));

        foreach (var rank in ranks)
        {
            rank.Should().Equal(ranks[0], "all ranks have the same bits");
            rank.Zip(alone).Max(pair => Math.Abs(pair.First - pair.Second) / Math.Max(1, Math.Abs(pair.Second))).Should().BeLessThan(1e-12);
        }
    }

    [Fact]
    public void So_many_ranks_that_their_statistics_are_not_gathered_play_it_too()
    {
        const int Size = RankStatistics.MostGathered + 1;
        var alone = Play(null, Size, steps: 10);

        var ranks = RankThreads.Run(Size, communicator => Play(communicator, Size, steps: 10));

        ranks.Should().AllSatisfy(rank => rank.Should().Equal(ranks[0]));
        ranks[0].Zip(alone).Max(pair => Math.Abs(pair.First - pair.Second) / Math.Max(1, Math.Abs(pair.Second))).Should().BeLessThan(1e-12);
    }

    [Fact]
    public void Without_it_the_game_is_another_one()
    {
        var alone = Play(null, 2, steps: 3);

        var ranks = RankThreads.Run(2, communicator => Play(communicator, 2, steps: 3, isSynchronized: false));

        ranks[0].Zip(alone).Max(pair => Math.Abs(pair.First - pair.Second)).Should().BeGreaterThan(1e-4);
    }

    [Fact]
    public void Feature_maps_are_normalized_as_well_and_a_cumulative_average_counts_the_same()
    {
        static double[] Pass(ThreadRanks? communicator)
        {
            using var scope = NewDisposeScope();
            using var norm = BatchNorm2d(3);
            norm.momentum = null;
            using var network = Sequential(("block", Sequential(("norm", norm))));
            network.to(ScalarType.Float64);
            using var synchronized = communicator is null ? null : new SynchronizedNorms(network);
            using var entered = AcrossRanks.Enter(communicator is null ? null : new RankContext(communicator));
            foreach (var seed in new[] { 1, 2, 3 })
                _ = network.call(Part(Values([4, 3, 5, 5], seed) + 100, communicator));
            return [.. norm.running_mean!.data<double>(), .. norm.running_var!.data<double>()];
        }
        var alone = Pass(null);

        foreach (var rank in RankThreads.Run(2, Pass))
            rank.Zip(alone).Should().AllSatisfy(pair => pair.First.Should().BeApproximately(pair.Second, 1e-11));
    }

    [Fact]
    public void A_call_that_hooks_do_not_see_is_refused_by_name()
    {
        var failures = RankThreads.Failures(2, communicator =>
        {
            using var scope = NewDisposeScope();
            using var norm = BatchNorm1d(3);
            using var network = Sequential(("norm", norm));
            using var norms = new SynchronizedNorms(network);
            norms.Watch();
            using var entered = AcrossRanks.Enter(new RankContext(communicator));
            _ = ((TorchSharp.Modules.BatchNorm1d)norm).forward(ones(4, 3));
            norms.ThrowIfBypassed();
        });

        failures.Should().AllSatisfy(failure => failure!.Message.Should().Be("Sequential calls forward of its batch norm 'norm', which with several processes must normalize over all of them: use call instead of forward."));
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        // Modules leave some behind themselves, however long they are used.
        static long Grown(int steps) => LiveTensors.Grown(() => RankThreads.Run(2, communicator => Play(communicator, 2, steps)));

        Grown(8).Should().Be(Grown(2));
    }

    /// <summary>Hinge-free GAN with R1, by hand, in float64; parameters and buffers of both networks at the end.</summary>
    private static double[] Play(ThreadRanks? communicator, int size, int steps, bool isSynchronized = true)
    {
        using var g = Network(2, 2, seed: 1);
        using var d = Network(2, 1, seed: 2);
        using var generator = new Player(g, new GanSharp.Optimization.SgdOptions { LearningRate = 0.02 });
        using var discriminator = new Player(d, new GanSharp.Optimization.SgdOptions { LearningRate = 0.02 });
        if (communicator is not null)
            generator.Communicator = discriminator.Communicator = communicator;
        using var gNorms = communicator is null || !isSynchronized ? null : new SynchronizedNorms(g);
        using var dNorms = communicator is null || !isSynchronized ? null : new SynchronizedNorms(d);
        using var entered = AcrossRanks.Enter(communicator is null ? null : new RankContext(communicator));
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            var real = Part(Values([size * BatchSize, 2], 2 * step), communicator).requires_grad_(true);
            var fake = g.call(Part(Values([size * BatchSize, 2], 2 * step + 1), communicator));
            var logits = d.call(real);
            var gradient = autograd.grad([logits.sum()], [real], retain_graph: true, create_graph: true)[0];
            discriminator.Descend(softplus(-logits).mean() + softplus(d.call(fake.detach())).mean() + gradient.square().sum(1).mean());
            using var held = discriminator.Hold();
            generator.Descend(softplus(-d.call(fake)).mean());
        }
        return [.. Numbers(g), .. Numbers(d)];
    }

    private static Module<Tensor, Tensor> Network(long inputs, long outputs, int seed)
    {
        var network = Sequential(
            ("linear0", Linear(inputs, 5)), ("norm0", BatchNorm1d(5)), ("activation0", Tanh()),
            ("linear1", Linear(5, 5)), ("norm1", BatchNorm1d(5)), ("activation1", Tanh()), ("linear2", Linear(5, outputs)));
        network.to(ScalarType.Float64);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (parameter, index) in network.parameters().Select((parameter, index) => (parameter, index)))
            parameter.copy_(Values(parameter.shape, 1000 * seed + index) * 0.7 + 0.1);
        return network;
    }

    private static Tensor Part(Tensor all, ThreadRanks? communicator) => communicator is null ? all : all.chunk(communicator.Size)[communicator.Rank].detach().clone();

    private static Tensor Values(long[] shape, int seed)
    {
        using var random = new Generator((ulong)seed + 1);
        return randn(shape, ScalarType.Float64, generator: random);
    }

    private static IEnumerable<double> Numbers(Module network)
    {
        using var scope = NewDisposeScope();
        return [.. network.parameters().Concat(network.buffers()).SelectMany(value => value.detach().to(ScalarType.Float64).flatten().contiguous().data<double>().ToArray())];
    }
}
