using FluentAssertions;
using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

public sealed class TrainingOptionsTests
{
    [Fact]
    public void The_default_game_is_minimax_with_one_step_of_each_player()
    {
        var options = new TrainingOptions();

        options.Objective.Should().BeSameAs(GanObjective.Minimax);
        options.DiscriminatorSteps.Should().Be(1);
        options.DiscriminatorPenalties.Should().BeEmpty();
        options.EmaHalfLifeImages.Should().BeNull();
    }

    [Fact]
    public void Every_fault_is_listed_in_one_message()
    {
        var options = new TrainingOptions
        {
            BatchSize = 0,
            DiscriminatorSteps = 0,
            EmaHalfLifeImages = -1,
            Diagnostics = new() { Samples = 5, DiversitySamples = 2, AuditEveryReports = 0 },
            GeneratorOptimizer = new AdamOptions { LearningRate = double.NaN, Beta1 = 1 },
            DiscriminatorOptimizer = new AdamOptions { Beta2 = -0.5, Epsilon = 0 },
        };

        Making(options).Should().Throw<ArgumentException>().WithMessage(string.Join(Environment.NewLine,
            "The training options are invalid:",
            "- DiscriminatorSteps must be at least 1 but is 0.",
            "- Diagnostics.Samples must be 0 (none) or at least 40 but is 5.",
            "- Diagnostics.DiversitySamples must be at least 20 but is 2.",
            "- Diagnostics.AuditEveryReports must be at least 1 but is 0.",
            "- BatchSize must be at least 1 but is 0.",
            "- GeneratorOptimizer.LearningRate must be finite and at least 0 but is NaN.",
            "- GeneratorOptimizer.Beta1 must lie in [0, 1) but is 1.",
            "- DiscriminatorOptimizer.Beta2 must lie in [0, 1) but is -0.5.",
            "- DiscriminatorOptimizer.Epsilon must be finite and above 0 but is 0.",
            "- EmaHalfLifeImages must be finite and above 0, or null for no average, but is -1."));
    }

    [Fact]
    public void A_batch_larger_than_the_data_names_both() =>
        Making(new() { BatchSize = 65 }).Should().Throw<ArgumentException>()
            .WithMessage("*- BatchSize must be at most the 64 samples of 'tensor data' but is 65.");

    [Fact]
    public void Null_members_are_named() =>
        Making(new() { Objective = null!, DiscriminatorPenalties = [null!], GeneratorOptimizer = null!, DiscriminatorOptimizer = null! }).Should().Throw<ArgumentException>()
            .WithMessage("*Objective must not be null.*Penalties must be a list without null*GeneratorOptimizer must not be null.*DiscriminatorOptimizer must not be null.*");

    [Fact]
    public void Faults_of_every_optimizer_and_of_its_groups_are_named()
    {
        var faulty = new TrainingOptions
        {
            GeneratorOptimizer = new SgdOptions
            {
                Nesterov = true,
                WeightDecay = -1,
                L2Penalty = double.NaN,
                MaximumGradientNorm = 0,
                ParameterGroups = [new("*.bias") { LearningRate = -1, WeightDecay = -3 }],
            },
            DiscriminatorOptimizer = new RmsPropOptions { Decay = 1, Momentum = -0.1, Epsilon = 0, ParameterGroups = [null!] },
        };

        Making(faulty).Should().Throw<ArgumentException>().WithMessage(string.Join(Environment.NewLine,
            "The training options are invalid:",
            "- GeneratorOptimizer.WeightDecay must be finite and at least 0 but is -1.",
            "- GeneratorOptimizer.L2Penalty must be finite and at least 0 but is NaN.",
            "- GeneratorOptimizer.MaximumGradientNorm must be above 0, or null for no limit, but is 0.",
            "- GeneratorOptimizer.ParameterGroups[0].LearningRate must be finite and at least 0 but is -1.",
            "- GeneratorOptimizer.ParameterGroups[0].WeightDecay must be finite and at least 0 but is -3.",
            "- GeneratorOptimizer.Nesterov needs a Momentum above 0.",
            "- DiscriminatorOptimizer.ParameterGroups must be a list without null; use an empty list for none.",
            "- DiscriminatorOptimizer.Decay must lie in [0, 1) but is 1.",
            "- DiscriminatorOptimizer.Momentum must lie in [0, 1) but is -0.1.",
            "- DiscriminatorOptimizer.Epsilon must be finite and above 0 but is 0."));
    }

    [Fact]
    public void The_recipe_is_relativistic_with_both_penalties_and_an_average()
    {
        var recipe = TrainingOptions.RegularizedRelativistic(steps: 1_000, gamma: 2);

        recipe.Objective.Should().BeSameAs(GanObjective.RelativisticPaired);
        recipe.DiscriminatorPenalties.Select(penalty => penalty.GetType()).Should().Equal(typeof(R1), typeof(R2));
        recipe.EmaHalfLifeImages.Should().NotBeNull();
        ((AdamOptions)recipe.GeneratorOptimizer).Beta1.At(0).Should().Be(0);
        recipe.GeneratorOptimizer.LearningRate.At(1_000).Should().BeLessThan(recipe.GeneratorOptimizer.LearningRate.At(0));
    }

    private static Action Making(TrainingOptions options) => () =>
    {
        using var data = new InMemoryDataset(zeros(64, 2));
        using var generator = new MlpGenerator(2, 4, 2);
        using var discriminator = new MlpDiscriminator(2, 4);
        using var trainer = new GanTrainer(generator, discriminator, data, options);
    };
}
