using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Diagnostics.Auditing;
using GanSharp.Diagnostics.Certificates;
using GanSharp.Divergences;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class AuditorTests
{
    private static readonly AuditOptions Quick = new() { MaximumSteps = 800, EvaluationInterval = 50, Patience = 4, LearningRate = 5e-3, HeldOutSamples = 60_000 };

    [Theory]
    [InlineData(0.1, 1, 0.0012484401)]
    [InlineData(0.5, 1, 0.0303113005)]
    [InlineData(1, 1, 0.1114214822)]
    [InlineData(3, 1, 0.5267773065)]
    [InlineData(6, 1, 0.6892979330)]
    [InlineData(2, 0.5, 0.4743074112)]
    public void On_the_line_it_finds_the_divergence_and_does_not_exceed_it(double mean, double standardDeviation, double truth)
    {
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(mean, standardDeviation);

        Check(Auditor.Audit(generator, data, OnTheLine, Quick), truth);
    }

    [Theory]
    [InlineData(0.1, 0.0012484401)]
    [InlineData(2, 0.3368308203)]
    [InlineData(6, 0.6892979330)]
    public void In_the_plane_too(double shift, double truth)
    {
        using var data = new GaussianMixture([new Gaussian([0, 0], 1)]);
        using var generator = new LinearGenerator(shift * 0.6, shift * 0.8);

        Check(Auditor.Audit(generator, data, InThePlane, Quick), truth);
    }

    [Fact]
    public void A_difference_in_correlation_alone_is_found()
    {
        using var data = new GaussianMixture([new Gaussian([0, 0], 1)]);
        using var generator = new LinearGenerator([0, 0], new[,] { { 1, 0 }, { 0.8, 0.6 } });
        using var density = generator.Density();

        Check(Auditor.Audit(generator, data, InThePlane, Quick), JensenShannon.Quadrature(data, density));
    }

    [Fact]
    public void A_discriminator_that_memorized_a_hundred_samples_is_exposed_and_the_auditor_stays_honest()
    {
        const double Truth = 0.1114214822;
        manual_seed(1);
        using var scope = NewDisposeScope();
        using var data = FewSamples(100);
        using var generator = new LinearGenerator(1, 0, 0, 0, 0, 0, 0, 0);
        using var fakes = new InMemoryDataset(generator.Sample(100));
        using var memorizer = new MlpDiscriminator(8, 64);
        Memorize(memorizer, data, fakes);

        var onTraining = JensenShannon.Bound(memorizer.Logits(data.Draw(0, 0, 100).Samples), memorizer.Logits(fakes.Draw(0, 0, 100).Samples));
        var report = Auditor.Audit(generator, data, () => new MlpDiscriminator(8, 64), Quick);

        onTraining.Lower.Should().BeGreaterThan(0.6, "it knows its samples");
        JensenShannon.Bound(memorizer, data.HeldOut!, generator).Upper.Should().BeLessThan(-0.1, "and takes them for everything");
        report.Bound.Lower.Should().BeLessThan(Truth);
        report.Bound.Value.Should().BeGreaterThan(0.03, "stopped early it finds part of the divergence");
        (report.TrainingSamples, report.CalibrationSamples, report.ReadingSamples).Should().Be((100, 2_000, 2_000));
        report.TrainingBound.SampleCount.Should().Be(100);
    }

    [Fact]
    public void An_auditor_that_is_stopped_late_reports_a_wide_memorization_gap()
    {
        using var scope = NewDisposeScope();
        using var data = FewSamples(100);
        using var generator = new LinearGenerator(2, 0, 0, 0, 0, 0, 0, 0);
        AuditReport Audit(int interval) => Auditor.Audit(generator, data, () => new MlpDiscriminator(8, 64), Quick with { MaximumSteps = 200, EvaluationInterval = interval });

        var (early, late) = (Audit(10), Audit(200));

        late.StepKept.Should().Be(200, "there was no other look");
        late.MemorizationGap.Should().BeGreaterThan(early.MemorizationGap + 0.05);
        late.MemorizationGap.Should().Be(late.TrainingBound.Value - late.Bound.Value);
        late.ToString().Should().Be($"JS >= {late.Bound} nats (auditor MlpDiscriminator, 200 steps, memorization gap {late.MemorizationGap:0.0000})");
    }

    [Fact]
    public void The_same_seed_gives_the_same_report_and_the_callers_randomness_is_not_touched()
    {
        using var scope = NewDisposeScope();
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        var options = Quick with { MaximumSteps = 30, HeldOutSamples = 400 };
        manual_seed(7);
        var expected = randn(3);
        manual_seed(7);

        var first = Auditor.Audit(generator, data, InThePlane, options);

        randn(3).equal(expected).all().item<bool>().Should().BeTrue();
        Auditor.Audit(generator, data, InThePlane, options).Should().BeEquivalentTo(first);
        Auditor.Audit(generator, data, InThePlane, options with { Seed = 1 }).Bound.Should().NotBe(first.Bound);
    }

    [Fact]
    public void It_only_samples_a_generator_that_is_in_training()
    {
        manual_seed(1);
        using var scope = NewDisposeScope();
        using var data = new InMemoryDataset(randn(600, 1, 8, 8), arange(600, ScalarType.Int64) % 10).Split(0.5);
        using var generator = new DcganGenerator(new ImageShape(1, 8, 8), latentSize: 4, width: 4);
        using var discriminator = new DcganDiscriminator(new ImageShape(1, 8, 8), width: 4);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 16, EmaHalfLifeImages = 100 });
        trainer.Train(3).Should().HaveCount(3);
        generator.children().Last().eval();
        var before = NetworkFingerprint.Compute(generator);

        AuditReport report, average;
        report = Auditor.Audit(generator, data, () => new DcganDiscriminator(new ImageShape(1, 8, 8), width: 4), Quick with { MaximumSteps = 5, BatchSize = 16 });
        using (trainer.UseAverage())
            average = Auditor.Audit(generator, data, () => new DcganDiscriminator(new ImageShape(1, 8, 8), width: 4), Quick with { MaximumSteps = 5, BatchSize = 16 });

        NetworkFingerprint.Compute(generator).Should().Be(before).And.Be(report.GeneratorSha256).And.NotBe(average.GeneratorSha256);
        (generator.training, generator.children().Last().training).Should().Be((true, false), "each part keeps the mode that it had");
        (report.CalibrationSamples, report.ReadingSamples, report.RealLogRatios.Count, report.FakeLogRatios.Count).Should().Be((150, 150, 150, 150));
        trainer.Train(1).Should().ContainSingle();
    }

    [Fact]
    public void It_refuses_what_it_cannot_judge_and_says_why()
    {
        using var scope = NewDisposeScope();
        using var generator = new AffineGenerator(0, 1);
        using var few = new InMemoryDataset(randn(300, 1), heldOut: new InMemoryDataset(randn(199, 1)), name: "few");
        using var none = new InMemoryDataset(randn(300, 1), name: "none");
        using var known = Mixtures.Normal();
        using var trained = new MlpDiscriminator(1, 4);
        trained.call(zeros(1, 1), null).Logits.sum().backward();

        Auditing(generator, few, OnTheLine).Should().Throw<DiagnosticRefusedException>()
            .WithMessage("'few' holds out 199 samples, but an audit needs 200: 100 to calibrate on and 100 to read. Hold out more.");
        Auditing(generator, none, OnTheLine).Should().Throw<DiagnosticRefusedException>().WithMessage("'none' has no held-out data*Set a part aside*");
        Auditing(generator, known, () => new Pairs()).Should().Throw<DiagnosticRefusedException>().WithMessage("Pairs judges 2 samples per logit*");
        Auditing(generator, known, () => trained).Should().Throw<ArgumentException>().WithMessage("makeAuditor must return a new network each time*");
        Auditing(generator, known, () => null!).Should().Throw<ArgumentException>().WithMessage("makeAuditor must return a new network but returned null.*");
        Auditing(generator, known, OnTheLine, Quick with { BatchSize = 1, MaximumSteps = 0, EvaluationInterval = 0, Patience = 0, LearningRate = double.NaN, HeldOutSamples = 199 })
            .Should().Throw<ArgumentException>().WithMessage(string.Join(Environment.NewLine,
                "The audit options are invalid:",
                "- BatchSize must be at least 2 but is 1.",
                "- MaximumSteps must be at least 1 but is 0.",
                "- EvaluationInterval must be at least 1 but is 0.",
                "- Patience must be at least 1 but is 0.",
                "- LearningRate must be finite and above 0 but is NaN.",
                "- HeldOutSamples must be at least 200 but is 199."));
    }

    [Fact]
    public void A_step_leaves_nothing_in_memory_for_the_next()
    {
        using var data = Mixtures.Normal();
        using var generator = new Counting();

        Auditor.Audit(generator, data, OnTheLine, Quick with { MaximumSteps = 60, EvaluationInterval = 60, HeldOutSamples = 200, BatchSize = 8 });

        // From the second step on; the first allocates the optimizer's state.
        generator.LiveTensors.Skip(3).Take(50).Should().OnlyContain(live => live == generator.LiveTensors[3]);
    }

    [Fact]
    public void Canceling_stops_it()
    {
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(0, 1);

        var audit = () => Auditor.Audit(generator, data, OnTheLine, Quick, new CancellationToken(canceled: true));

        audit.Should().Throw<OperationCanceledException>();
    }

    [Fact]
    public void Audits_leave_no_tensor_behind()
    {
        using var data = new InMemoryDataset(zeros(400, 2), zeros(400, ScalarType.Int64)).Split(0.5);
        using var generator = new MlpGenerator(2, 4, 2);
        using var discriminator = new MlpDiscriminator(2, 4);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 16 });
        void Once()
        {
            var options = Quick with { MaximumSteps = 10, EvaluationInterval = 5, BatchSize = 16 };
            var report = Auditor.Audit(generator, data, InThePlane, options);
            _ = OptimalityGap.Measure(report, discriminator, trainer.Options.Objective, generator, data);
            _ = trainer.MeasureDualityGap(new() { Steps = 5 });
            _ = trainer.MeasureGradientSignal(16);
            var certificate = DivergenceCertificate.Issue(generator, data, InThePlane, options);
            certificate.Verify(generator, data, InThePlane).Should().BeEmpty();
            new Action(() => Auditor.Audit(generator, data, InThePlane, options, new CancellationToken(canceled: true))).Should().Throw<OperationCanceledException>();
        }
        Once();
        // A Sequential miscounts by a constant when it is disposed (an upstream fault), so what is counted is growth beyond that of the networks alone.
        long Growth(Action action)
        {
            var before = LiveTensors.Settled();
            for (var repetition = 0; repetition < 5; repetition++)
                action();
            return LiveTensors.Settled() - before;
        }

        Growth(Once).Should().Be(Growth(() =>
        {
            for (var network = 0; network < 4; network++)
                InThePlane().Dispose();
        }));
    }

    private static Func<AuditReport> Auditing(GeneratorNetwork generator, Dataset data, Func<DiscriminatorNetwork> makeAuditor, AuditOptions? options = null) =>
        () => Auditor.Audit(generator, data, makeAuditor, options);

    /// <summary>N(0, I) in eight dimensions: few training samples, 4,000 held out.</summary>
    private static InMemoryDataset FewSamples(int count)
    {
        using var scope = NewDisposeScope();
        using var source = new GaussianMixture([new Gaussian([0, 0, 0, 0, 0, 0, 0, 0], 1)]);
        return new InMemoryDataset(source.Draw(1, 0, count).Samples, heldOut: new InMemoryDataset(source.HeldOut.Draw(1, 0, 4_000).Samples));
    }

    /// <summary>A classifier trained on the same hundred real and hundred generated samples until it knows them.</summary>
    private static void Memorize(DiscriminatorNetwork discriminator, Dataset real, Dataset fake)
    {
        using var parameters = new GanSharp.Optimization.Flat.FlatParameters(discriminator);
        using var optimizer = new GanSharp.Optimization.Adam(parameters, new() { LearningRate = 3e-3, Beta1 = 0.9 });
        for (var step = 0; step < 200; step++)
        {
            using var scope = NewDisposeScope();
            GanSharp.Objectives.GanObjective.Minimax.DiscriminatorLoss(
                discriminator.call(real.Draw(0, 0, 100).Samples, null).Logits, discriminator.call(fake.Draw(0, 0, 100).Samples, null).Logits).mean().backward();
            optimizer.Step(step);
        }
    }

    private static void Check(AuditReport report, double truth)
    {
        report.Bound.Value.Should().BeApproximately(truth, 0.01);
        report.Bound.Lower.Should().BeLessThan(truth);
        report.LowerConfidenceBound.Should().BeLessThan(truth);
    }

    private static MlpDiscriminator OnTheLine() => new(1, 32, hiddenLayers: 2);

    private static MlpDiscriminator InThePlane() => new(2, 32, hiddenLayers: 2);

    /// <summary>Notes how many tensors are alive when it is asked for samples.</summary>
    private sealed class Counting() : GeneratorNetwork(nameof(Counting), LatentPrior.Normal(1))
    {
        public List<long> LiveTensors { get; } = [];

        public override Tensor forward(Tensor latents, Tensor? labels)
        {
            LiveTensors.Add(GanSharp.Tests.LiveTensors.Settled());
            return latents.alias();
        }
    }

    /// <summary>Judges two samples per logit.</summary>
    private sealed class Pairs : DiscriminatorNetwork
    {
        private readonly TorchSharp.Modules.Linear body = nn.Linear(2, 1);

        public Pairs()
            : base(nameof(Pairs)) => RegisterComponents();

        public override int SamplesPerLogit => 2;

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(samples.reshape(-1, 2)).squeeze(1);
    }
}
