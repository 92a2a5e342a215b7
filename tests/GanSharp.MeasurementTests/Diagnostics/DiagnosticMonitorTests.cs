using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Diagnostics.Health;
using GanSharp.Diagnostics.Monitoring;
using GanSharp.Diagnostics.Reports;
using GanSharp.Divergences;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Tests.Misuse;
using Xunit;
using FeatureMatching = GanSharp.Objectives.FeatureMatching;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class DiagnosticMonitorTests
{
    [Fact]
    public void A_look_at_known_densities_holds_the_truth_and_the_gap_to_it()
    {
        manual_seed(0);
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(1, 1);
        using var discriminator = new MlpDiscriminator(1, 8);
        var monitor = new DiagnosticMonitor(generator, discriminator, data, GanObjective.Minimax, new() { GeneratorDensity = generator.Density });

        var report = monitor.Look(step: 0, samplesSeen: 0)!.Value.Report;

        report.TrueJensenShannon.Should().BeApproximately(0.1114214822, 1e-9);
        report.OptimalityGap!.Value.Value.Should().BeApproximately(report.TrueJensenShannon!.Value - report.JensenShannon!.Value.Value, 1e-12);
        report.Modes.Should().NotBeNull();
        report.MemorizationGap.Should().BeNull("every draw of a density is fresh");
        report.Position.Should().ContainSingle().Which.Should().BeInRange(-1.2, 1.2);
        Math.Abs(report.Position[0]).Should().BeApproximately(1, 0.15, "the mean is one standard deviation off");
    }

    [Theory]
    [InlineData("Wasserstein", "a Wasserstein critic's score has no zero and no scale*")]
    [InlineData("Hinge", "a hinge score says which density is larger*")]
    public void What_holds_no_ratio_is_refused_with_the_reason_and_the_rest_is_measured(string objective, string reason)
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        var monitor = new DiagnosticMonitor(generator, discriminator, data, objective == "Hinge" ? GanObjective.Hinge : GanObjective.Wasserstein);

        var (report, health) = monitor.Look(0, 0)!.Value;

        report.Refusal.Should().Match(reason);
        (report.JensenShannon, report.Consistency, report.Calibration).Should().Be((null, null, null));
        report.GeneratorGradientWeight.Should().Be(1);
        report.Diversity.PairwiseRatio.Should().BePositive();
        health.ToString().Should().Be("balanced");
        health.Findings[0].Evidence.Should().Match($"JS is not read, because {reason}; *");
    }

    [Fact]
    public void A_generator_that_learns_from_features_alone_has_no_weight_of_the_logit_and_no_loss_that_saturates()
    {
        using var points = new InMemoryDataset(full([100, 2], 50f), heldOut: new InMemoryDataset(full([100, 2], 50f)));
        using var generator = new MlpGenerator(2, 8, 2);
        // D has won: ln p_d/p_g is far from 0 on both sides.
        using var discriminator = new FeatureDiscriminator();
        var monitor = new DiagnosticMonitor(generator, discriminator, points, new FeatureMatching(GanObjective.Minimax));

        _ = monitor.Look(1, 0);
        var (report, health) = monitor.Look(2, 0)!.Value;

        report.GeneratorGradientWeight.Should().Be(double.NaN);
        var finding = health.Findings.Should().ContainSingle(one => one.Verdict == HealthVerdict.DiscriminatorOverwhelms).Which;
        finding.Evidence.Should().EndWith("; G's loss doesn't depend on D's logit");
        finding.Advice.Should().StartWith("Add R1");
    }

    private sealed class FeatureDiscriminator : DiscriminatorNetwork
    {
        public FeatureDiscriminator()
            : base(nameof(FeatureDiscriminator))
        {
        }

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => new(samples.sum(1) - 50, Features: samples);
    }

    [Fact]
    public void Each_class_of_a_conditional_generator_has_its_own_bound()
    {
        using var scope = NewDisposeScope();
        manual_seed(0);
        // Class 0 is right, class 1 is three standard deviations off, class 2 has too few samples for an interval.
        var labels = cat([zeros(900, ScalarType.Int64), ones(900, ScalarType.Int64), full([10], 2, ScalarType.Int64)]);
        using var data = new InMemoryDataset(randn(1_810, 2), labels, new InMemoryDataset(randn(1_810, 2), labels), "classes");
        using var generator = new LambdaGenerator((_, latents, asked) => latents + asked!.eq(1).unsqueeze(1) * 3, classes: 3);
        // ln p_d/p_g of each class.
        using var discriminator = new LambdaDiscriminator((_, samples, asked) => asked!.eq(1) * (9 - 3 * samples.sum(1)), classes: 3);
        DiagnosticReport Look(GeneratorNetwork measured) => new DiagnosticMonitor(measured, discriminator, data, GanObjective.Minimax).Look(step: 0, samplesSeen: 0)!.Value.Report;

        var classes = Look(generator).Classes;

        classes.Select(each => (each.Label, each.SampleCount)).Should().Equal((0, 900), (1, 900));
        classes[0].JensenShannon.Value.Should().BeApproximately(0, 1e-6);
        using var real = Mixtures.Normal();
        using var shifted = Mixtures.Normal(mean: 3 * Math.Sqrt(2));
        JensenShannon.Quadrature(real, shifted).Should().BeInRange(classes[1].JensenShannon.Lower, classes[1].JensenShannon.Upper);
        classes[1].ToString().Should().Match("class 1: JS >= 0.6* ± 0.0* nats of 900 samples");
        using var unconditional = new LambdaGenerator();
        Look(unconditional).Classes.Should().BeEmpty("nobody asked it for a class");
    }

    [Fact]
    public void Data_without_a_held_out_part_is_refused()
    {
        using var data = new InMemoryDataset(randn(100, 2));

        Look(data).Refusal.Should().Be("'tensor data' has no held-out data, and on the samples that it has learned D overstates the divergence");
    }

    [Fact]
    public void Too_few_held_out_samples_are_refused()
    {
        using var data = new InMemoryDataset(randn(100, 2), heldOut: new InMemoryDataset(randn(12, 2)));

        Look(data).Refusal.Should().Be("an interval needs 20 held-out samples but 'tensor data' has 12");
    }

    [Fact]
    public void The_auditor_comes_at_its_interval_and_at_the_end()
    {
        manual_seed(0);
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(1, 1);
        using var discriminator = new MlpDiscriminator(1, 8);
        var monitor = new DiagnosticMonitor(generator, discriminator, data, GanObjective.Minimax,
            new() { Auditor = () => new MlpDiscriminator(1, 8), AuditEveryReports = 2, Audit = new() { MaximumSteps = 50 } });

        var audited = new[] { false, false, false, true }.Select((isLast, step) => monitor.Look(step, 0, isLast)!.Value.Report.Audited is not null);

        audited.Should().Equal(false, true, false, true);
        monitor.History.Should().HaveCount(4);
    }

    [Fact]
    public void A_canceled_audit_leaves_a_look_without_one()
    {
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(1, 1);
        using var discriminator = new MlpDiscriminator(1, 8);
        var monitor = new DiagnosticMonitor(generator, discriminator, data, GanObjective.Minimax, new() { Auditor = () => new MlpDiscriminator(1, 8) });

        var report = monitor.Look(0, 0, isLast: true, new CancellationToken(canceled: true))!.Value.Report;

        (report.Audited, report.JensenShannon is null).Should().Be((null, false));
    }

    [Fact]
    public void A_look_changes_neither_network_nor_what_torch_draws_next()
    {
        manual_seed(3);
        using var scope = NewDisposeScope();
        using var data = new InMemoryDataset(randn(200, 1, 8, 8)).Split(0.5);
        using var generator = new DcganGenerator(new ImageShape(1, 8, 8), 4, 4);
        using var discriminator = new DcganDiscriminator(new ImageShape(1, 8, 8), 4);
        float[] State() => [.. generator.parameters().Concat(discriminator.parameters()).Concat(generator.buffers().Where(buffer => buffer.is_floating_point()))
            .SelectMany(tensor => tensor.detach().data<float>().ToArray())];
        var (before, random) = (State(), get_rng_state().data<byte>().ToArray());

        _ = new DiagnosticMonitor(generator, discriminator, data, GanObjective.NonSaturating,
            new() { Samples = 40, Auditor = null }).Look(0, samplesSeen: 64);

        State().Should().Equal(before);
        get_rng_state().data<byte>().ToArray().Should().Equal(random);
        generator.training.Should().BeTrue();
    }

    [Fact]
    public void Options_name_every_fault()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        var make = () => new DiagnosticMonitor(generator, discriminator, data, GanObjective.Minimax, new() { Samples = 10, DiversitySamples = 3 });

        make.Should().Throw<ArgumentException>().WithMessage("*- DiagnosticOptions.Samples must be 0 (none) or at least 40 but is 10.*- DiagnosticOptions.DiversitySamples must be at least 20 but is 3.*");
    }

    [Theory]
    [InlineData(300, 300, 0)]
    [InlineData(1_000, 500, 500)]
    [InlineData(1_250, 500, 500)]
    [InlineData(1_600, 500, 1_100)]
    [InlineData(2_000, 1_000, 1_000)]
    public void The_newest_samples_that_D_has_learned_are_of_one_epoch(long seen, int learned, long first) =>
        DiagnosticLook.LearnedFrom(seen, learned, total: 1_000).Should().Be(first);

    [Fact]
    public void Diversity_is_one_for_the_data_itself_and_zero_for_one_sample_again_and_again()
    {
        using var scope = NewDisposeScope();
        manual_seed(0);

        var same = SampleDiversity.Measure(randn(500, 3), randn(500, 3));
        var half = SampleDiversity.Measure(randn(500, 3), randn(500, 3) / 2);
        var constant = SampleDiversity.Measure(randn(500, 3), zeros(500, 3));

        same.PairwiseRatio.Should().BeApproximately(1, 0.05);
        same.NearestRatio.Should().BeApproximately(1, 0.1);
        half.PairwiseRatio.Should().BeApproximately(0.5, 0.03);
        (constant.PairwiseRatio, constant.NearestRatio).Should().Be((0, 0));
        // Far from the origin, where distances by products are rounded, and each sample twice.
        var repeated = (randn(250, 3) + 1000).repeat(2, 1);
        SampleDiversity.Measure(repeated, randn(500, 3)).NearestRatio.Should().Be(double.NaN);
    }

    private static DiagnosticReport Look(Dataset data)
    {
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        return new DiagnosticMonitor(generator, discriminator, data, GanObjective.Minimax).Look(0, 0)!.Value.Report;
    }
}
