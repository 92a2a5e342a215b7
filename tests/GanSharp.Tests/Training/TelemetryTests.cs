using System.Diagnostics;
using System.Diagnostics.Metrics;
using FluentAssertions;
using GanSharp.Penalties;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.Guards;
using Microsoft.Extensions.Logging;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

public sealed class TelemetryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ListLogger logger = new();

    private IEnumerable<int> Ids => logger.Entries.Select(entry => entry.Id);

    [Fact]
    public void A_run_tells_its_logger_what_it_does()
    {
        using var run = new SmallRun(new() { Logger = logger, Metrics = [new(StepMetric.Of(step => step / 2.0))] });
        logger.Entries.Clear();

        run.Trainer.TrainTo(4).WithCheckpoints(folder.File("run"), new() { EverySteps = 4 }).Every(2).Should().HaveCount(2);

        Ids.Should().Equal(1, 3, 4, 3, 4, 5, 2);
        var messages = logger.Entries.Select(entry => entry.Message).ToArray();
        messages[0].Should().MatchRegex("^Run [0-9a-f-]{36} started at step 0, to step 4$");
        messages[1].Should().MatchRegex(@"^Step 2 of 4: loss D -?\d\.\d{4}, loss G -?\d\.\d{4}, JS bound .+, \d+ samples/s$");
        messages[2].Should().Be("Step 2: score 1");
        messages[5].Should().StartWith($"Checkpoint of step 4 written to '{folder.File("run")}' in ");
        messages[6].Should().EndWith("ended at step 4: Completed");
        logger.Entries.Should().OnlyContain(entry => entry.Level == LogLevel.Information);
    }

    [Theory]
    [InlineData("Left")]
    [InlineData("Canceled")]
    [InlineData("Failed")]
    public void How_a_run_ended_is_said(string outcome)
    {
        using var cancellation = new CancellationTokenSource();
        var fails = false;
        using var run = new SmallRun(new() { Logger = logger }, penalty: new Hook(() =>
        {
            if (fails)
                throw new TimeoutException();
        }));
        var train = () =>
        {
            foreach (var report in run.Trainer.Train(10, cancellation.Token))
            {
                fails = outcome == "Failed";
                if (outcome == "Canceled")
                    cancellation.Cancel();
                if (outcome == "Left")
                    break;
            }
        };

        if (outcome == "Failed")
            train.Should().Throw<TimeoutException>();
        else
            train();

        logger.Entries.Last().Message.Should().EndWith($"ended at step 1: {outcome}");
    }

    [Fact]
    public void What_goes_wrong_is_said_at_once_and_once()
    {
        var isBroken = false;
        using var run = new SmallRun(
            new() { Logger = logger, Guards = new() { Policy = DivergencePolicy.SkipStep }, Metrics = [new(new StepMetric(_ => throw new TimeoutException()))] },
            penalty: new Hook(() => { }, () => isBroken ? double.NaN : 0));
        File.WriteAllText(folder.File("run", "step-000000002.unfinished"), "");
        logger.Entries.Clear();

        foreach (var report in run.Trainer.TrainTo(4).WithCheckpoints(folder.File("run"), new() { EverySteps = 2, OnWriteFailure = WriteFailurePolicy.Continue }).Every(2))
            isBroken = report.Step == 2;

        logger.Entries.Where(entry => entry.Level > LogLevel.Information).Select(entry => (entry.Level, entry.Id)).Should().BeEquivalentTo([
            (LogLevel.Warning, 9), (LogLevel.Error, 6), (LogLevel.Warning, 7), (LogLevel.Warning, 7), (LogLevel.Warning, 9)]);
        logger.Entries.First(entry => entry.Id == 7).Message.Should().Be("Step 3: 'Hook' of the discriminator NaN; the update of the discriminator was skipped");
        logger.Entries.Single(entry => entry.Id == 6).Message.Should().StartWith("Checkpoint of step 2 not written: ");
    }

    [Fact]
    public void A_roll_back_is_said_with_what_follows()
    {
        var isBroken = false;
        using var run = new SmallRun(new() { Logger = logger, Guards = new() { Policy = DivergencePolicy.RollBack, SnapshotEverySteps = 1 } }, penalty: new Hook(() => { }, () =>
        {
            var value = isBroken ? double.NaN : 0;
            isBroken = false;
            return value;
        }));

        foreach (var report in run.Trainer.Train(3))
            isBroken = report.Step == 2 && report.Warnings.Count == 0;

        logger.Entries.Single(entry => entry.Id == 8).Message.Should().Be("Step 3: 'Hook' of the discriminator NaN; returned to step 2 with the learning rates times 0.5");
    }

    [Fact]
    public void The_meter_counts_steps_and_samples_and_shows_the_last_report()
    {
        var (counts, values) = (new Dictionary<string, long>(), new Dictionary<string, double>());
        using var listener = new MeterListener { InstrumentPublished = (instrument, it) =>
        {
            if (instrument.Meter.Name == "GanSharp")
                it.EnableMeasurementEvents(instrument);
        } };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => counts[instrument.Name] = counts.GetValueOrDefault(instrument.Name) + value);
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => values[instrument.Name] = value);
        using var run = new SmallRun(new() { Metrics = [new(StepMetric.Of(step => step))] });
        listener.Start();

        var report = run.Trainer.TrainTo(5).WithCheckpoints(folder.File("run")).Every(2).Last();

        counts.Should().BeEquivalentTo(new Dictionary<string, long> { ["gansharp.steps"] = 5, ["gansharp.samples"] = 5 * SmallRun.BatchSize });
        values.Keys.Should().BeEquivalentTo(
            "gansharp.loss.discriminator", "gansharp.loss.generator", "gansharp.loss.penalty", "gansharp.jensen_shannon", "gansharp.step_rate", "gansharp.metric",
            "gansharp.report.duration", "gansharp.checkpoint.duration");
        (values["gansharp.loss.discriminator"], values["gansharp.jensen_shannon"], values["gansharp.metric"]).Should().Be((report.DiscriminatorLoss, report.JensenShannon!.Value.Value, 5));
    }

    [Fact]
    public void Activities_of_a_run_its_reports_and_checkpoints_belong_together_and_leave_the_callers_alone()
    {
        var ended = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "GanSharp",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (ended)
                    ended.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var run = new SmallRun();
        using var own = new Activity("caller's").Start();

        foreach (var _ in run.Trainer.TrainTo(4).WithCheckpoints(folder.File("run")).Every(2))
            Activity.Current.Should().BeSameAs(own);

        Activity.Current.Should().BeSameAs(own);
        ended.Select(activity => activity.OperationName).Should().BeEquivalentTo("GanSharp report", "GanSharp report", "GanSharp checkpoint", "GanSharp run");
        var whole = ended.Single(activity => activity.OperationName == "GanSharp run");
        whole.ParentSpanId.Should().Be(own.SpanId);
        ended.Except([whole]).Should().OnlyContain(activity => activity.ParentSpanId == whole.SpanId);
        whole.GetTagItem("gansharp.outcome").Should().Be("Completed");
    }

    [Fact]
    public void Rates_and_durations_are_the_time_providers()
    {
        var time = new SteppingTime();
        using var run = new SmallRun(new() { TimeProvider = time });

        // A second for each question: at the start, where a pull begins, where its steps end, twice for what a report measures, and for Elapsed.
        run.Trainer.Train(4).Every(2).Select(report => (report.Elapsed.TotalSeconds, report.SamplesPerSecond)).Should().Equal((5, 2 * SmallRun.BatchSize), (10, 2 * SmallRun.BatchSize));
    }

    public void Dispose() => folder.Dispose();

    private sealed class Hook(Action duringStep, Func<double>? value = null) : DiscriminatorPenalty
    {
        public override Tensor Evaluate(DiscriminatorPass pass)
        {
            duringStep();
            return pass.Real.Logits * 0 + (value?.Invoke() ?? 0);
        }
    }
}
