using System.Text.Json;
using System.Text.Json.Serialization;
using FluentAssertions;
using GanSharp.Communication;
using GanSharp.Contracts;
using GanSharp.Data;
using GanSharp.Metrics;
using GanSharp.Networks;
using GanSharp.Optimization;
using GanSharp.Tests.Training;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Ranks;

/// <summary>A report of several ranks is measured once, by all of them, and is the same on each.</summary>
public sealed class RankedReportTests
{
    // Three pieces of up to 256, as they go through a network.
    private const int Samples = 600;
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    [Theory]
    [InlineData(2, null)]
    [InlineData(3, 50.0)]
    [InlineData(5, null)]
    public void Ranks_divide_the_samples_and_report_the_numbers_of_one_process(int size, double? halfLife)
    {
        var alone = Report(SingleProcess.Instance, halfLife);

        var reports = RankThreads.Run(size, ranks => Report(ranks, halfLife));

        reports.Should().AllSatisfy(report => report.Text.Should().Be(alone.Text));
        alone.Generated.Should().Be(Samples + (halfLife is null ? 0 : 256));
        // Ranks without a part ask for the shape of one sample.
        reports.Sum(report => report.Generated).Should().Be(alone.Generated + Math.Max(0, size - 3));
        reports.Max(report => report.Generated).Should().BeLessThan(alone.Generated);
    }

    [Fact]
    public void Each_metric_is_measured_by_one_rank_and_reported_by_all()
    {
        var measured = new int[3];
        StepReport Of(ICommunicator ranks)
        {
            using var run = Make(Options(ranks) with { Metrics = [.. measured.Select((_, index) => new ScheduledMetric(new Counted(index, measured)))] });
            return run.Train(2);
        }

        var reports = RankThreads.Run(2, Of);

        measured.Should().AllSatisfy(count => count.Should().Be(1));
        reports.Should().AllSatisfy(report =>
        {
            report.Metrics.Select(entry => (entry.Key, entry.Value.Value)).Should().Equal(("metric 0", 10), ("metric 2", 12));
            report.MetricFailures.Should().ContainSingle().Which.Message.Should().Be("no metric on rank 1");
            (report.SamplesPerSecond, report.Elapsed).Should().Be((reports[0].SamplesPerSecond, reports[0].Elapsed));
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void What_fails_on_one_rank_is_reported_by_all_and_training_goes_on(int rank)
    {
        var reports = RankThreads.Run(2, ranks =>
        {
            using var run = Make(Options(ranks));
            ((CountingGenerator)run.Generator).FailsInEvaluation = ranks.Rank == rank;
            return run.Trainer.Train(2).Every(1).ToArray();
        });

        reports.SelectMany(two => two).Should().HaveCount(4).And.AllSatisfy(report =>
        {
            report.Diagnostics.Should().BeNull();
            report.DiagnosticsFailure!.ToString().Should().Be("the diagnostics failed: InvalidDataException: no samples today. Fix what the message names; training goes on without");
        });
    }

    [Fact]
    public void Ranks_that_would_measure_unlike_numbers_of_samples_are_named()
    {
        var failures = RankThreads.Failures(2, ranks =>
        {
            using var run = Make(Options(ranks) with { Diagnostics = new() { Samples = ranks.Rank == 0 ? 100 : 0 } });
            run.Train(1);
        });

        failures.Should().AllSatisfy(failure => failure.Should().BeOfType<RanksDifferException>().Which.Message.Should().Contain("rank 1: Diagnostics.Samples is 0 but on rank 0 100"));
    }

    private static TrainingOptions Options(ICommunicator ranks) => new() { BatchSize = 12 / ranks.Size, Communicator = ranks, Diagnostics = new() { Samples = Samples } };

    /// <summary>The diagnostics of networks that stand still, so that they are the same however many train, and the samples that G made for them.</summary>
    private static (string Text, int Generated) Report(ICommunicator ranks, double? halfLife)
    {
        var still = new SgdOptions { LearningRate = 1e-30 };
        using var run = Make(Options(ranks) with { BatchSize = 60 / ranks.Size, EmaHalfLifeImages = halfLife, GeneratorOptimizer = still, DiscriminatorOptimizer = still });
        var report = run.Train(1);
        report.DiagnosticsFailure.Should().BeNull();
        report.Diagnostics!.MemorizationGap.Should().NotBeNull();
        return (JsonSerializer.Serialize(new { report.Diagnostics, report.Health }, Json), ((CountingGenerator)run.Generator).Generated);
    }

    private static PointRun Make(TrainingOptions options)
    {
        // Threads share torch's global generator, from which first weights come.
        lock (typeof(RankedReportTests))
        {
            using var scope = NewDisposeScope();
            using var random = new Generator(5);
            using var all = new InMemoryDataset(randn([2 * Samples, 2], generator: random));
            var run = new PointRun(options, 1, () => new CountingGenerator(), all.Split(0.5));
            ((CountingGenerator)run.Generator).Generated = 0;
            return run;
        }
    }

    /// <summary>Counts the samples that it makes in evaluation mode.</summary>
    private sealed class CountingGenerator : GeneratorNetwork
    {
        private readonly MlpGenerator body = new(2, 16, 2);

        public CountingGenerator()
            : base(nameof(CountingGenerator), LatentPrior.Normal(2)) => RegisterComponents();

        public int Generated { get; set; }

        public bool FailsInEvaluation { get; set; }

        public override Tensor forward(Tensor latents, Tensor? labels)
        {
            if (training)
                return body.call(latents, labels);
            Generated += (int)latents.shape[0];
            return FailsInEvaluation ? throw new InvalidDataException("no samples today.") : body.call(latents, labels);
        }
    }

    /// <summary>Counts how often it is measured; the second one fails.</summary>
    private sealed class Counted(int index, int[] measured) : IMetric
    {
        public string Name => $"metric {index}";

        public MetricGoal Goal => MetricGoal.Lower;

        public MetricValue Measure(MetricContext context)
        {
            Interlocked.Increment(ref measured[index]);
            return index == 1 ? throw new InvalidOperationException("no metric on rank 1") : 10 + index;
        }
    }
}
