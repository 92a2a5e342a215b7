using FluentAssertions;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Players;
using GanSharp.Training;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.Guards;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace GanSharp.Tests.Training;

/// <summary>Options from an appsettings.json or its like.</summary>
public sealed class ConfigurationTests
{
    [Fact]
    public void Plain_settings_bind_and_what_is_not_set_keeps_its_default()
    {
        var options = Configuration(
            ("Training:BatchSize", "256"), ("Training:DiscriminatorSteps", "2"), ("Training:EmaHalfLifeImages", "1.5e4"), ("Training:Seed", "7"),
            ("Training:Precision", "BFloat16"), ("Training:Prefetch", "false"), ("Training:GeneratorOptimizer:LearningRate", "0.001"), ("Training:GeneratorOptimizer:Beta1", "0"),
            ("Training:GeneratorOptimizer:MaximumGradientNorm", "5"), ("Training:Diagnostics:Samples", "500"), ("Training:Diagnostics:Audit:MaximumSteps", "123"),
            ("Training:Guards:Policy", "RollBack"), ("Training:Guards:MaximumRollBacks", "5")).GetSection("Training").Get<TrainingOptions>()!;

        (options.BatchSize, options.DiscriminatorSteps, options.EmaHalfLifeImages, options.Seed).Should().Be((256, 2, 1.5e4, 7L));
        (options.Precision, options.Prefetch, options.JointForward).Should().Be((Precision.BFloat16, false, null));
        options.GeneratorOptimizer.Should().Be(new AdamOptions { LearningRate = 0.001, Beta1 = 0, MaximumGradientNorm = 5, ParameterGroups = options.GeneratorOptimizer.ParameterGroups });
        options.DiscriminatorOptimizer.LearningRate.From.Should().Be(2e-4);
        (options.Diagnostics.Samples, options.Diagnostics.DiversitySamples, options.Diagnostics.Audit.MaximumSteps).Should().Be((500, 500, 123));
        (options.Guards.Policy, options.Guards.MaximumRollBacks).Should().Be((DivergencePolicy.RollBack, 5));
        options.Objective.Should().BeSameAs(GanObjective.Minimax);
        (options.DiscriminatorPenalties.Count, options.Metrics.Count, options.Logger, options.TimeProvider).Should().Be((0, 0, null, TimeProvider.System));
    }

    [Fact]
    public void Another_optimizer_is_bound_by_its_class()
    {
        var section = Configuration(("LearningRate", "0.05"), ("Momentum", "0.9"), ("Nesterov", "true"));

        section.Get<SgdOptions>().Should().BeEquivalentTo(new SgdOptions { LearningRate = 0.05, Momentum = 0.9, Nesterov = true });
        section.Get<RmsPropOptions>()!.Momentum.Should().Be(0.9);
    }

    [Fact]
    public void Checkpoints_bind_too()
    {
        var options = Configuration(("EverySteps", "500"), ("KeepEverySteps", "5000"), ("OnWriteFailure", "Continue"), ("KeepBest", "energy distance (pixels)")).Get<CheckpointOptions>();

        options.Should().Be(new CheckpointOptions { EverySteps = 500, KeepEverySteps = 5_000, OnWriteFailure = WriteFailurePolicy.Continue, KeepBest = "energy distance (pixels)" });
        Configuration(("Best", "true")).Get<ResumeOptions>()!.Best.Should().BeTrue();
    }

    [Fact]
    public void A_schedule_that_is_no_number_is_refused()
    {
        Configuration(("GeneratorOptimizer:LearningRate", "cosine")).Invoking(it => it.Get<TrainingOptions>()).Should().Throw<InvalidOperationException>()
            .WithInnerException<FormatException>().WithMessage("A schedule in a configuration must be a number, for a constant, but is 'cosine'. Set schedules that change in code.");
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
}
