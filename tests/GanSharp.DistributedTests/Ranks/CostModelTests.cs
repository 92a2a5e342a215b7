using FluentAssertions;
using GanSharp.Benchmarks.Distributed;
using GanSharp.Contracts;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Penalties;
using GanSharp.Players;
using GanSharp.Training;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Ranks;

/// <summary>The model of docs/scaling.md, by hand.</summary>
public sealed class CostModelTests
{
    // 10 µs, 1 GB/s.
    private static readonly RingCost Network = RingCost.Of(alphaMicroseconds: 10, gigabits: 8);

    [Theory]
    // 2 · 3 · 10 µs + 2 · 3/4 · 1 s; 2 · 10 µs + 1 ms; nobody to exchange with.
    [InlineData(4, 1e9, 1.50006)]
    [InlineData(2, 1e6, 0.00102)]
    [InlineData(1, 1e9, 0)]
    public void A_ring_sends_each_byte_twice_but_for_its_own_part(int ranks, double bytes, double seconds) => Network.Ring(ranks, bytes).Should().BeApproximately(seconds, 1e-12);

    [Theory]
    // 3 rounds of 10 µs + 1 µs; 12 rounds, where a ring would take 81.9 ms.
    [InlineData(8, 1e3, 33e-6)]
    [InlineData(4_096, 1e3, 132e-6)]
    // Above 1 MB a ring of 8 is faster than three times the whole: 14 · 10 µs + 1.75 · 1 ms.
    [InlineData(8, 1e6, 1.89e-3)]
    public void The_better_of_ring_and_doubling_counts(int ranks, double bytes, double seconds) => Network.Seconds(ranks, bytes).Should().BeApproximately(seconds, 1e-12);

    [Fact]
    public void A_step_computes_and_then_exchanges_votes_and_gradients_with_their_losses()
    {
        var cost = new StepCost("pair", SecondsPerSample: 0.01, GeneratorBytes: 60e6, DiscriminatorBytes: 1e6, NormChannels: []);

        // On two ranks one all-reduce takes 10 µs + bytes / 1 GB/s by doubling. Vote, D, and G in three buckets, each with its loss, and a meeting before each of the three calls.
        var meetings = 3 * (10e-6 + 24e-9);
        var transfers = (10e-6 + 16e-9) + (10e-6 + 1e-3 + 4e-9) + (3 * 10e-6 + 60e-3 + 4e-9);
        cost.Communication(2, Network).Should().BeApproximately(meetings + transfers, 1e-12);
        cost.Seconds(2, 5, Network).Should().BeApproximately(0.05 + meetings + transfers, 1e-12);
        cost.Efficiency(2, 5, Network).Should().BeApproximately(0.05 / (0.05 + meetings + transfers), 1e-12);
        cost.SpeedUp(2, 10, Network).Should().BeApproximately(0.1 / (0.05 + meetings + transfers), 1e-12);
    }

    [Fact]
    public void More_ranks_pay_until_exchanges_take_what_computing_saves()
    {
        // Computing falls with the ranks from 1 s to 1 ms, the exchange of 1 MB comes near 2 ms, and each rank of a ring adds 20 µs.
        var cost = new StepCost("pair", SecondsPerSample: 1e-3, GeneratorBytes: 0, DiscriminatorBytes: 1e6, NormChannels: []);
        var steps = Enumerable.Range(0, 11).Select(power => cost.Seconds(1 << power, 1_024.0 / (1 << power), Network)).ToArray();

        cost.FastestRanks(1_024, Network).Should().Be(1 << steps.Index().MinBy(step => step.Item).Index).And.BeInRange(64, 512);
        steps[^1].Should().BeGreaterThan(steps.Min());
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 3)]
    [InlineData(RankStatistics.MostGathered + 1, 1)]
    public void The_model_counts_what_a_step_exchanges(int size, int discriminatorSteps)
    {
        var counted = RankThreads.Run(size, ranks => Count(ranks, new() { DiscriminatorSteps = discriminatorSteps }));

        var exchanges = counted[0].Cost.Exchanges(size).ToArray();
        counted.Should().AllSatisfy(rank => (rank.Calls, rank.Bytes).Should().Be(((double)exchanges.Length, exchanges.Sum())));
    }

    [Fact]
    public void Batch_norm_in_D_adds_exchanges_and_R1_goes_through_it_again()
    {
        double Calls(bool hasNorm, params DiscriminatorPenalty[] penalties) => RankThreads.Run(2, ranks => Count(ranks, new() { DiscriminatorPenalties = penalties }, hasNorm))[0].Calls;
        // One norm in D: forward and backward for real and generated samples in its own step, and for generated ones in G's.
        (Calls(true) - Calls(false)).Should().Be(6);
        // A backward pass more, for which the statistics are exchanged again, and one through both.
        (Calls(true, new R1(1)) - Calls(false, new R1(1))).Should().Be(10);
    }

    private static (double Calls, double Bytes, StepCost Cost) Count(ThreadRanks ranks, TrainingOptions options, bool hasNorm = false)
    {
        var counting = new CountedCalls(ranks);
        using var run = Make(counting, options, hasNorm);
        long[] Of(long steps)
        {
            var (calls, bytes) = (counting.Calls, counting.Bytes);
            run.Trainer.TrainTo(steps).Every(1_000).Count().Should().Be(1);
            return [counting.Calls - calls, counting.Bytes - bytes];
        }
        _ = Of(1);
        // A run's beginning and end are in both.
        var (one, three) = (Of(2), Of(5));
        return ((three[0] - one[0]) / 2.0, (three[1] - one[1]) / 2.0, run.Cost);
    }

    private static Run Make(CountedCalls ranks, TrainingOptions options, bool hasNorm)
    {
        // Threads share torch's global generator.
        lock (typeof(CostModelTests))
        {
            using var scope = NewDisposeScope();
            using var random = new Generator(5);
            var image = new ImageShape(1, 16, 16);
            var (generator, discriminator, data) = (new DcganGenerator(image, 4, width: 3), new DcganDiscriminator(image, width: 3, batchNorm: hasNorm), new InMemoryDataset(rand([64, 1, 16, 16], generator: random) * 2 - 1));
            static double Bytes(nn.Module network) => network.parameters().Sum(parameter => (double)parameter.numel() * sizeof(float));
            var trainer = new GanTrainer(generator, discriminator, data, options with { BatchSize = 2, Diagnostics = new() { Samples = 0 }, Communicator = ranks });
            return new Run(
                trainer, new StepCost("small", 0, Bytes(generator), Bytes(discriminator), [.. generator.modules().OfType<BatchNorm>().Select(norm => (int)norm.running_mean!.numel())], options.DiscriminatorSteps),
                [trainer, generator, discriminator, data]);
        }
    }

    private sealed record Run(GanTrainer Trainer, StepCost Cost, IDisposable[] Owned) : IDisposable
    {
        public void Dispose()
        {
            foreach (var owned in Owned)
                owned.Dispose();
        }
    }
}
