using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Diagnostics.Reports;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Training;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.Runs;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

/// <summary>Whatever fails inside a report, the run goes on, says so, and can be resumed.</summary>
public sealed class FailedLookTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void An_auditor_that_can_t_be_made_costs_the_audit_and_nothing_else()
    {
        var reports = Run("run", () => throw new InvalidOperationException("no auditor today."));

        reports.Select(report => report.Step).Should().Equal(5, 10, 15, 20, 25, 30);
        reports.Select(report => report.DiagnosticsFailure is not null).Should().Equal(false, true, false, true, false, true);
        var last = reports[^1];
        last.DiagnosticsFailure!.Should().Be(new DiagnosticFailure("the audit", "ArgumentException",
            "makeAuditor must return a new network but failed: no auditor today. (Parameter 'makeAuditor')", "Fix DiagnosticOptions.Auditor or Audit"));
        last.Warnings.Should().ContainSingle().Which.Should().Be("the audit failed: ArgumentException: makeAuditor must return a new network but failed: no auditor today. (Parameter 'makeAuditor'). Fix DiagnosticOptions.Auditor or Audit; training goes on without");
        (last.Diagnostics!.AuditFailure, last.Diagnostics.Audited, last.JensenShannon is null, last.Health is null).Should().Be((last.DiagnosticsFailure, null, false, false));
        NewestCheckpoint("run").Should().Be(30);
    }

    [Fact]
    public void An_auditor_that_is_refused_is_a_field_of_the_report()
    {
        var failure = Run("run", () => new Packed())[^1].DiagnosticsFailure!;

        failure.ExceptionType.Should().Be(nameof(DiagnosticRefusedException));
        failure.Message.Should().StartWith("Packed judges 2 samples per logit");
    }

    [Theory]
    [InlineData(10)]
    [InlineData(15)]
    public void Reports_after_a_resume_are_those_of_a_run_that_went_on_with_failed_looks_in_its_history(int stop)
    {
        static DiscriminatorNetwork Fail() => throw new InvalidOperationException("no auditor today");

        var whole = Run("whole", Fail);
        var parts = Run("parts", Fail, stop);

        parts.Select(report => report.Step).Should().Equal(whole.Select(report => report.Step));
        foreach (var (report, same) in whole.Zip(parts))
            same.Should().BeEquivalentTo(report, it => it.Excluding(value => value.SamplesPerSecond).Excluding(value => value.Elapsed));
    }

    [Theory]
    [InlineData("a generator that can't evaluate", "InvalidOperationException", "not in evaluation")]
    [InlineData("memory that runs out", "ExternalException", "*4503599627370496 bytes*")]
    [InlineData("held-out data that is gone", "InvalidDatasetException", "'held out' can't be read at samples * of its sequence: data.bin is gone")]
    public void A_look_that_fails_leaves_the_run_its_steps_and_its_checkpoints(string fault, string type, string message)
    {
        var whole = Train(fault: "", "whole", out _);

        var weights = Train(fault, "run", out var reports);

        weights.Should().Be(whole, "training is what it would have been");
        reports.Select(report => report.Step).Should().Equal(4, 8, 12);
        reports.Where(_ => fault.Length > 0).Should().OnlyContain(report => report.Diagnostics == null && report.Health == null);
        reports.Should().OnlyContain(report => report.DiagnosticsFailure!.What == "the diagnostics" && report.DiagnosticsFailure.ExceptionType == type);
        reports[^1].DiagnosticsFailure!.Message.Should().Match(message);
        reports[0].ToString().Should().Contain("  ! the diagnostics failed: ").And.Contain("training goes on without");
        NewestCheckpoint("run").Should().Be(12);
        if (fault.StartsWith("memory", StringComparison.Ordinal))
            reports[0].DiagnosticsFailure!.Advice.Should().Be("Free memory, or lower DiagnosticOptions.Samples");
    }

    [Fact]
    public void Training_data_that_can_t_be_read_ends_the_run_with_the_step_before_saved()
    {
        manual_seed(0);
        using var data = new Source(heldOut: null);
        using var generator = new Faulty("");
        using var discriminator = new MlpDiscriminator(2, 8);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 10, Prefetch = false, Diagnostics = new() { Samples = 100 } });
        data.IsGoneFrom = 150;

        trainer.Invoking(it => it.TrainTo(4).WithCheckpoints(folder.File("run")).Every(2).ToList()).Should().Throw<TrainingFailedException>()
            .WithMessage("Training failed after step 2: 'training' can't be read at samples 200 to 299 *");

        NewestCheckpoint("run").Should().Be(2);
    }

    public void Dispose() => folder.Dispose();

    /// <summary>Trains to step 30, with a break at <paramref name="stop"/>; the auditor fails from the first report on.</summary>
    private List<StepReport> Run(string name, Func<DiscriminatorNetwork> auditor, int stop = 30)
    {
        var reports = new List<StepReport>();
        while (reports.Count == 0 || reports[^1].Step < 30)
        {
            manual_seed(reports.Count);
            var isBroken = false;
            using var data = new Source(new Source(heldOut: null, "held out"));
            using var generator = new Faulty("");
            using var discriminator = new MlpDiscriminator(2, 8);
            using var trainer = new GanTrainer(generator, discriminator, data, new()
            {
                BatchSize = 10,
                Prefetch = false,
                EmaHalfLifeImages = 50,
                Diagnostics = new() { Samples = 100, Auditor = () => isBroken ? auditor() : new MlpDiscriminator(2, 8), AuditEveryReports = 2 },
            });
            isBroken = true;
            trainer.ResumeIfAny(folder.File(name));
            reports.AddRange(trainer.TrainTo(30).WithCheckpoints(folder.File(name)).Every(5).Take(reports.Count == 0 ? stop / 5 : 6));
        }
        return reports;
    }

    private string Train(string fault, string name, out List<StepReport> reports)
    {
        manual_seed(0);
        var heldOut = new Source(heldOut: null, "held out");
        using var data = new Source(heldOut);
        using var generator = new Faulty(fault);
        using var discriminator = new MlpDiscriminator(2, 8);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 10, Prefetch = false, EmaHalfLifeImages = 50, Diagnostics = new() { Samples = 100 } });
        generator.IsFaulty = true;
        heldOut.IsGoneFrom = fault.StartsWith("held-out", StringComparison.Ordinal) ? 0 : long.MaxValue;
        reports = [.. trainer.TrainTo(12).WithCheckpoints(folder.File(name), new() { EverySteps = 8 }).Every(4)];
        return $"{NetworkFingerprint.Compute(generator)}-{NetworkFingerprint.Compute(discriminator)}";
    }

    private long NewestCheckpoint(string name)
    {
        var (step, path) = new CheckpointFolder(folder.File(name)).List()[0];
        CheckpointFolder.Fault(path).Should().BeNull();
        return step;
    }

    private sealed class Source(Dataset? heldOut, string name = "training") : Dataset(name, [2])
    {
        private readonly GaussianMixture ring = Mixtures.Ring();

        public long IsGoneFrom { get; set; } = long.MaxValue;

        public override long? Count => null;

        public override Dataset? HeldOut => heldOut;

        public override Batch Draw(long seed, long position, int count) =>
            position >= IsGoneFrom ? throw new FileNotFoundException("data.bin is gone") : ring.Draw(seed, position % 100_000, count);

        protected override void Dispose(bool disposing)
        {
            ring.Dispose();
            heldOut?.Dispose();
        }
    }

    private sealed class Faulty : GeneratorNetwork
    {
        private readonly MlpGenerator body = new(2, 8, 2);
        private readonly string fault;

        public Faulty(string fault)
            : base(nameof(Faulty), LatentPrior.Normal(2))
        {
            this.fault = fault;
            RegisterComponents();
        }

        public bool IsFaulty { get; set; }

        public override Tensor forward(Tensor latents, Tensor? labels)
        {
            if (IsFaulty && !training && fault.StartsWith("a generator", StringComparison.Ordinal))
                throw new InvalidOperationException("not in evaluation");
            // More values than any address space holds.
            if (IsFaulty && !training && fault.StartsWith("memory", StringComparison.Ordinal))
                empty(1L << 50).Dispose();
            return body.call(latents, labels);
        }
    }

    private sealed class Packed : DiscriminatorNetwork
    {
        private readonly MlpDiscriminator body = new(4, 8);

        public Packed()
            : base(nameof(Packed)) => RegisterComponents();

        public override int SamplesPerLogit => 2;

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(samples.view(-1, 4), null);
    }
}
