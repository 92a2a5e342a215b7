using FluentAssertions;
using GanSharp.Contracts;
using GanSharp.Metrics;
using GanSharp.Metrics.Features;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

public sealed class MetricsInTrainingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void A_strangers_metric_is_measured_at_the_reports_of_the_average_on_held_out_data()
    {
        using var run = new SmallRun(new() { Metrics = [new(new ChannelMeanDistance())] });

        var report = run.Trainer.Train(4).Every(4).Single();

        report.Metrics.Keys.Should().Equal("channel mean distance");
        var reading = report.Metrics["channel mean distance"];
        (reading.Step, reading.Goal, reading.Interval).Should().Be((4, MetricGoal.Lower, null));
        using var average = run.Trainer.UseAverage();
        reading.Value.Should().Be(new ChannelMeanDistance().Measure(new MetricContext(run.Generator, run.Data, seed: 0, step: 4)).Value);
        report.ToString().Should().Contain($"  channel mean distance {reading}  ");
    }

    [Fact]
    public void Each_is_measured_as_often_as_asked_and_at_the_end()
    {
        using var run = new SmallRun(new() { Metrics = [new(StepMetric.Of(step => step, "often")), new(StepMetric.Of(step => step, "seldom"), EveryReports: 3)] });

        var reports = run.Trainer.Train(17).Every(2).ToList();

        reports.Should().OnlyContain(report => report.Metrics["often"].Step == report.Step);
        reports.Where(report => report.Metrics.ContainsKey("seldom")).Select(report => report.Step).Should().Equal(6, 12, 17);
        run.Trainer.Train(1).Single().Metrics.Should().BeEmpty("a run without Every measures nothing");
    }

    [Fact]
    public void Metrics_change_nothing_of_what_is_trained()
    {
        using var quiet = new SmallRun();
        quiet.Trainer.Train(6).Every(2).Should().HaveCount(3);
        using var measured = new SmallRun(new()
        {
            Metrics = [new(new ChannelMeanDistance()), new(new StepMetric(_ =>
            {
                using var scope = NewDisposeScope();
                return randn(10).sum().item<float>();
            }))],
        });

        var reports = measured.Trainer.Train(6).Every(2).ToList();

        measured.Weights().Should().Be(quiet.Weights());
        using var again = new SmallRun(measured.Trainer.Options with { Metrics = [.. measured.Trainer.Options.Metrics.Reverse()] });
        manual_seed(77);
        again.Trainer.Train(6).Every(2).Select(report => report.Metrics["score"].Value).Should().Equal(
            reports.Select(report => report.Metrics["score"].Value), "what it draws from the global generator is the seed's and the step's");
    }

    [Fact]
    public void A_metric_that_fails_is_said_and_costs_nothing_else()
    {
        using var quiet = new SmallRun();
        quiet.Trainer.Train(4).Every(2).Should().HaveCount(2);
        using var run = new SmallRun(new()
        {
            Metrics =
            [
                new(new StepMetric(_ => throw new NotSupportedException("no such network."), "broken")),
                new(StepMetric.Of(_ => double.NaN, "not a number")),
                new(StepMetric.Of(step => step, "good")),
            ],
        });

        var report = run.Trainer.Train(4).Every(2).Last();

        report.Metrics.Keys.Should().Equal("good");
        report.MetricFailures.Select(failure => $"{failure}").Should().Equal(report.Warnings).And.Equal(
            "the metric 'broken' failed: NotSupportedException: no such network. Fix what the message names, or remove it from TrainingOptions.Metrics; training goes on without",
            "the metric 'not a number' failed: InvalidOperationException: StepMetric.Measure returned NaN. Fix what the message names, or remove it from TrainingOptions.Metrics; training goes on without");
        (report.Diagnostics is null, report.DiagnosticsFailure).Should().Be((false, null));
        run.Weights().Should().Be(quiet.Weights());
    }

    [Fact]
    public void Memory_that_runs_out_in_a_metric_ends_the_metric_and_not_the_run()
    {
        using var run = new SmallRun(new() { Metrics = [new(new StepMetric(_ => empty(1L << 50).numel()))] });

        run.Trainer.Train(4).Every(2).Last().MetricFailures.Single().Advice.Should().Be("Free memory, or use fewer samples");
    }

    [Fact]
    public void Cancellation_within_a_metric_ends_the_run_and_keeps_the_report()
    {
        using var cancellation = new CancellationTokenSource();
        using var run = new SmallRun(new()
        {
            Metrics = [new(StepMetric.Of(step => step, "done")), new(new StepMetric(context =>
            {
                cancellation.Cancel();
                return context.Real(10).Count();
            }))],
        });

        var report = run.Trainer.Train(100, cancellation.Token).Every(2).Single();

        report.Metrics.Keys.Should().Equal("done");
        report.MetricFailures.Should().BeEmpty();
    }

    [Fact]
    public void A_sequence_that_outlives_its_measurement_reads_nothing_from_networks_in_training()
    {
        IEnumerable<GanSharp.Data.Batch>? kept = null;
        using var run = new SmallRun(new()
        {
            Metrics = [new(new StepMetric(context =>
            {
                kept = context.Generated(10);
                return 0;
            }))],
        });
        run.Trainer.Train(2).Every(2).Should().ContainSingle();

        kept!.Invoking(it => it.Count()).Should().Throw<InvalidOperationException>().WithMessage("The measurement of this context has ended*");
    }

    [Fact]
    public void Measuring_leaves_no_tensor_behind()
    {
        using var run = new SmallRun(new() { Metrics = [new(new ChannelMeanDistance()), new(new StepMetric(context => new PixelFeatures().ExtractAll(context.Real(50)).sum().item<float>()))] });

        LiveTensors.Grown(() => run.Trainer.Train(2).Every(1).Should().HaveCount(2)).Should().Be(0);
    }

    [Fact]
    public void A_schedule_goes_on_after_a_resume()
    {
        TrainingOptions Options() => new() { Metrics = [new(StepMetric.Of(step => step), EveryReports: 3)] };
        List<long> Train(string name, params int[] stops)
        {
            var measured = new List<long>();
            foreach (var stop in stops)
            {
                using var run = new SmallRun(Options());
                run.Trainer.ResumeIfAny(folder.File(name));
                measured.AddRange(run.Trainer.TrainTo(12).WithCheckpoints(folder.File(name)).Every(1).Take(stop - (int)run.Trainer.Step).Where(report => report.Metrics.Count > 0).Select(report => report.Step).ToList());
            }
            return measured;
        }

        Train("whole", 12).Should().Equal(3, 6, 9, 12);
        Train("parts", 5, 7, 12).Should().Equal(3, 6, 9, 12);
    }

    [Fact]
    public void Another_metric_is_no_other_run()
    {
        using (var run = new SmallRun())
            run.Trainer.TrainTo(2).WithCheckpoints(folder.File("run")).Should().HaveCount(2);
        using var resumed = new SmallRun(new() { Metrics = [new(new ChannelMeanDistance())], Logger = new ListLogger(), TimeProvider = new SteppingTime() });

        resumed.Trainer.Resume(folder.File("run")).IsExact.Should().BeTrue();
    }

    [Fact]
    public void Faults_of_the_schedule_are_named_before_training()
    {
        FluentActions.Invoking(() => new SmallRun(new() { Metrics = [new(StepMetric.Of(_ => 0), EveryReports: 0), new(StepMetric.Of(_ => 0)), new(StepMetric.Of(_ => 0, " "))], TimeProvider = null! }))
            .Should().Throw<ArgumentException>().WithMessage(string.Join(Environment.NewLine,
                "The training options are invalid:",
                "- Metrics[0].EveryReports must be at least 1 but is 0.",
                "- Metrics[2].Metric.Name must not be blank but StepMetric's is.",
                "- Metrics must have different names but 2 are called 'score'.",
                "- TimeProvider must not be null; use TimeProvider.System for the system's clock."));
        FluentActions.Invoking(() => new SmallRun(new() { Metrics = [null!] })).Should().Throw<ArgumentException>().WithMessage("*Metrics must be a list without null; use an empty list for none.");
    }

    public void Dispose() => folder.Dispose();
}
