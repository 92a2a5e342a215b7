using FluentAssertions;
using GanSharp.Contracts;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Networks.Weights;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

/// <summary>The slot for several processes: ranks that are threads train as one process with a larger batch.</summary>
public sealed class CommunicatorTests
{
    private const int BatchSize = 8;

    // Plain descent: Adam would divide rounding by rounding.
    private static TrainingOptions Options => new()
    {
        GeneratorOptimizer = new SgdOptions { LearningRate = 0.05 }, DiscriminatorOptimizer = new SgdOptions { LearningRate = 0.05 },
        BatchSize = BatchSize, DiscriminatorSteps = 2, Objective = GanObjective.RelativisticPaired, DiscriminatorPenalties = [new R1(0.3), new R2(0.3)],
        EmaHalfLifeImages = 100, Labels = new RareLabels(1, 2), Diagnostics = new() { Samples = 0 },
    };

    [Fact]
    public void Ranks_end_with_the_same_bits_and_to_rounding_with_those_of_one_process()
    {
        using var alone = new PointRun(Options with { BatchSize = 2 * BatchSize }, seed: 1, data: Points());
        var expected = alone.Train(20);
        using var barrier = new Barrier(2);
        var slots = new IReadOnlyList<Tensor>[2];
        // Rank 1 starts with other weights: those of rank 0 are taken.
        PointRun[] ranks = [.. Enumerable.Range(0, 2).Select(rank => new PointRun(Options with { Communicator = new ThreadRanks(rank, barrier, slots) }, seed: 1 + rank, data: Points()))];

        var reports = new StepReport[2];
        var threads = ranks.Select((run, rank) => new Thread(() => reports[rank] = run.Train(20))).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();

        NetworkFingerprint.Compute(ranks[1].Generator).Should().Be(NetworkFingerprint.Compute(ranks[0].Generator));
        NetworkFingerprint.Compute(ranks[1].Discriminator).Should().Be(NetworkFingerprint.Compute(ranks[0].Discriminator));
        using (NewDisposeScope())
            ranks[0].Trainer.Sample(4).equal(ranks[1].Trainer.Sample(4)).all().item<bool>().Should().BeTrue("the averages are the same, too");
        NetworkDifference.Largest(ranks[0].Generator, alone.Generator).Should().BeLessThan(1e-5);
        NetworkDifference.Largest(ranks[0].Discriminator, alone.Discriminator).Should().BeLessThan(1e-5);
        (reports[0].SamplesPerSecond > 0, ranks[0].Trainer.SamplesSeen).Should().Be((true, alone.Trainer.SamplesSeen));
        reports[1].DiscriminatorLoss.Should().Be(reports[0].DiscriminatorLoss).And.BeApproximately(expected.DiscriminatorLoss, 1e-4);
        reports[0].Penalty.Should().BeApproximately(expected.Penalty, 1e-4);
        foreach (var run in ranks)
            run.Dispose();
    }

    [Fact]
    public void A_rank_that_does_not_exist_is_refused()
    {
        using var barrier = new Barrier(1);
        var make = () => new PointRun(Options with { Communicator = new ThreadRanks(3, barrier, new IReadOnlyList<Tensor>[2]) }, seed: 1, data: Points());

        make.Should().Throw<ArgumentException>().WithMessage("*Communicator must have a Rank from 0 to its Size - 1 but has rank 3 of 2.");
    }

    // Of finite data, as many samples at a position are the same however they are drawn; a mixture draws a batch as one.
    private static InMemoryDataset Points()
    {
        using var scope = NewDisposeScope();
        using var ring = Mixtures.Ring();
        return new InMemoryDataset(ring.Draw(0, 0, 200).Samples);
    }
}
