using FluentAssertions;
using GanSharp.Augmentations;
using GanSharp.Contracts;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Divergences;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Penalties;
using GanSharp.Penalties.Consistency;
using GanSharp.Penalties.Lipschitz;
using GanSharp.Penalties.Weights;
using GanSharp.Players;
using GanSharp.Schedules;
using GanSharp.Training;
using GanSharp.Training.Runs;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using AuxiliaryClassifier = GanSharp.Objectives.AuxiliaryClassifier;
using FeatureMatching = GanSharp.Objectives.FeatureMatching;
using PathLength = GanSharp.Penalties.PathLength;

namespace GanSharp.Tests.Training;

/// <summary>The objectives and penalties of the literature in a trainer.</summary>
public sealed class ObjectivesInTrainingTests
{
    private static Dictionary<string, Func<GanObjective>> Objectives { get; } = new()
    {
        ["KL"] = () => new FGan(FDivergence.KullbackLeibler),
        ["Jeffreys"] = () => new FGan(FDivergence.Jeffreys),
        ["total variation"] = () => new FGan(FDivergence.TotalVariation),
        ["average"] = () => new RelativisticAverage(),
        ["features"] = () => new FeatureMatching(),
        ["classifier"] = () => new AuxiliaryClassifier(),
        ["information"] = () => new InfoGan(),
        ["noisy, top k"] = () => new TopK(new NoisyLabels(GanObjective.NonSaturating), 0.5),
    };

    public static TheoryData<string, Precision> Names => [.. Objectives.Keys.SelectMany(name => new[] { (name, Precision.Float32), (name, Precision.BFloat16) })];

    [Fact]
    public void Latent_consistency_of_a_run_with_an_augmentation_is_0_where_latents_are_not_moved()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        using var trainer = new GanTrainer(generator, discriminator, data, new()
        {
            BatchSize = 16, Augmentation = new InstanceNoise(0.5), DiscriminatorPenalties = [new LatentConsistency(5, deviation: 1e-9)], Diagnostics = new() { Samples = 0 },
        });

        var terms = trainer.Train(1).Single().Terms;

        terms.Single(term => term.Key.Contains("LatentConsistency", StringComparison.Ordinal)).Value.Should().BeInRange(0, 1e-9, "both samples of a pair get the same noise");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_objective_and_penalty_trains_and_reports_or_refuses_a_divergence(string name, Precision precision)
    {
        var (objective, points) = (Objectives[name](), randn(200, 2));
        using var all = new InMemoryDataset(points, points.narrow(1, 0, 1).squeeze(1).gt(0).to(ScalarType.Int64));
        using var data = all.Split(0.25);
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new ReadingDiscriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, new()
        {
            BatchSize = 16,
            Objective = objective,
            Precision = precision,
            DiscriminatorPenalties = [
                new WassersteinGradientPenalty(0.1), new WassersteinLipschitzPenalty(0.1), new Dragan(0.1), new MaximumGradientPenalty(0.1), new ConsistencyRegularization(new Shift(), 0.1),
                new BalancedConsistencyRegularization(new Shift(), 0.1, 0.1), new LatentConsistency(0.1), new LeCam(0.1), new DiscriminatorOrthogonality(), new DiscriminatorHistoricalAveraging(0.1)],
            GeneratorPenalties = [new PathLength(0.1), new ModeSeeking(0.1), new LatentDiversity(0.1), new GeneratorOrthogonality(), new GeneratorHistoricalAveraging(0.1)],
            Diagnostics = new() { Samples = 40 },
        });

        var report = trainer.Train(6).Every(6).Single();

        report.DiagnosticsFailure.Should().BeNull();
        (report.Diagnostics!.JensenShannon is null).Should().Be(objective.Ratio == RatioKind.None);
        if (objective.RatioRefusal is { } refusal)
            report.Diagnostics.Refusal.Should().Contain(refusal);
        report.Terms.Values.Should().OnlyContain(value => double.IsFinite(value));
        report.Terms.Keys.Should().Contain(["discriminator/WGAN-GP", "discriminator/LeCam", "generator/ModeSeeking"]);
        (report.Value is null).Should().Be(objective.Ratio != RatioKind.Exact);
    }

    [Fact]
    public void Settings_of_objectives_and_penalties_are_part_of_a_runs_description()
    {
        using var data = Mixtures.Ring();
        var options = new TrainingOptions
        {
            Objective = new TopK(new AuxiliaryClassifier(new FGan(FDivergence.PearsonChiSquared, isSaturating: true), generatorWeight: 0.1), Schedule.Linear(1, 0.5, 100)),
            DiscriminatorPenalties = [new WassersteinGradientPenalty(10, everySteps: 4), new LeCam(0.3, 0.9), new ConsistencyRegularization(new Shift(), 2)],
            GeneratorPenalties = [new PathLength(), new LatentDiversity(0.5), new GeneratorOrthogonality()],
            DiscriminatorWeightLimit = 0.01,
        };

        OptionsDescription.Of(options, data).Where(entry => entry.Key.StartsWith("Objective") || entry.Key.Contains("Penalties") || entry.Key.Contains("WeightLimit"))
            .Select(entry => $"{entry.Key} = {entry.Value}").Should().Equal(
                "DiscriminatorPenalties.0 = WassersteinGradientPenalty",
                "DiscriminatorPenalties.0.EverySteps = 4",
                "DiscriminatorPenalties.0.Weight = 10",
                "DiscriminatorPenalties.1 = LeCam",
                "DiscriminatorPenalties.1.Decay = 0.9",
                "DiscriminatorPenalties.1.EverySteps = 1",
                "DiscriminatorPenalties.1.Weight = 0.3",
                "DiscriminatorPenalties.2 = ConsistencyRegularization",
                "DiscriminatorPenalties.2.EverySteps = 1",
                "DiscriminatorPenalties.2.Transformation = Shift",
                "DiscriminatorPenalties.2.Weight = 2",
                "DiscriminatorWeightLimit = 0.01",
                "GeneratorPenalties.0 = PathLength",
                "GeneratorPenalties.0.Decay = 0.99",
                "GeneratorPenalties.0.EverySteps = 4",
                "GeneratorPenalties.0.Weight = 2",
                "GeneratorPenalties.1 = LatentDiversity",
                "GeneratorPenalties.1.Deviation = 0.03",
                "GeneratorPenalties.1.EverySteps = 1",
                "GeneratorPenalties.1.Weight = 0.5",
                "GeneratorPenalties.2 = GeneratorOrthogonality",
                "GeneratorPenalties.2.EverySteps = 1",
                "GeneratorPenalties.2.IsDiagonalFree = true",
                "GeneratorPenalties.2.Weight = 0.0001",
                "Objective = TopK",
                "Objective.Fraction = 1 to 0.5, line over 100 steps from 0",
                "Objective.Game = AuxiliaryClassifier",
                "Objective.Game.DiscriminatorWeight = 1",
                "Objective.Game.Game = FGan",
                "Objective.Game.Game.Divergence = FDivergence",
                "Objective.Game.Game.Divergence.ConjugateDomainEnd = Infinity",
                "Objective.Game.Game.Divergence.Name = Pearson χ²",
                "Objective.Game.Game.IsSaturating = true",
                "Objective.Game.GeneratorWeight = 0.1");
    }

    [Fact]
    public void An_objective_draws_anew_in_each_step_and_the_same_in_each_run()
    {
        double[] Draws(int every)
        {
            var objective = new Drawing();
            using var run = new PointRun(new() { BatchSize = 16, Objective = objective, Diagnostics = new() { Samples = 40 } });
            objective.Drawn.Clear();
            _ = run.Trainer.Train(4).Every(every).Last();
            return [.. objective.Drawn];
        }

        Draws(every: 4).Should().HaveCount(8, "each player draws once in each step").And.OnlyHaveUniqueItems().And.Equal(Draws(every: 4));
    }

    public static TheoryData<string, GanObjective, string> Misuses => new()
    {
        { "no features", new FeatureMatching(), "FeatureMatching.GeneratorLoss failed on a trial batch: FeatureMatching compares features, but D returned none: return new DiscriminatorOutput(logits, Features: …) from its forward." },
        { "no class logits", new AuxiliaryClassifier(), "AuxiliaryClassifier.DiscriminatorLoss failed on a trial batch: AuxiliaryClassifier needs class logits, but D returned none: return new DiscriminatorOutput(logits, ClassLogits: …) from its forward." },
        { "nothing of a code", new InfoGan(), "InfoGan.DiscriminatorLoss failed on a trial batch: InfoGan needs what D reads of the code, but it returned nothing of it: return new DiscriminatorOutput(logits, ClassLogits: …) for a categorical code, or with { Codes = … } for continuous ones." },
    };

    [Theory]
    [MemberData(nameof(Misuses))]
    public void What_D_must_return_is_named_when_the_trainer_is_made(string misuse, GanObjective objective, string message)
    {
        misuse.Should().NotBeEmpty();
        Misuse.Making.Trainer(options: new() { Objective = objective }).Should().Throw<ArgumentException>().WithMessage(message);
    }

    public static TheoryData<string, GanObjective, string> UnlabeledMisuses => new()
    {
        { "no classes", new AuxiliaryClassifier(), "*AuxiliaryClassifier needs the classes of real samples, but there are none: train on labeled data." },
        { "no code", new InfoGan(), "*InfoGan needs the classes that G was asked for as the categorical code, but there are none: set Labels = LabelSampler.Uniform(classes)." },
    };

    [Theory]
    [MemberData(nameof(UnlabeledMisuses))]
    public void Classes_that_are_missing_are_named_when_the_trainer_is_made(string misuse, GanObjective objective, string message)
    {
        misuse.Should().NotBeEmpty();
        using var discriminator = new TwoHeadedDiscriminator(2, 8, classes: 2);
        Misuse.Making.Trainer(discriminator: discriminator, options: new() { Objective = objective }).Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Fact]
    public void A_faulty_game_within_a_wrapper_is_found_by_the_check_of_its_own_kind()
    {
        var faulty = new Misuse.LambdaObjective((real, fake) => fake.sign() - real.sign());

        Misuse.Making.Trainer(options: new() { Objective = new TopK(faulty, 0.5) }).Should().Throw<ArgumentException>()
            .WithMessage("LambdaObjective.DiscriminatorLoss must depend on the logits but has gradient 0*");
    }

    private sealed class Drawing : GanObjective
    {
        public List<double> Drawn { get; } = [];

        public override LossTerms DiscriminatorLoss(ObjectiveContext context)
        {
            Drawn.Add(rand(1, generator: context.Random).item<float>());
            return Minimax.DiscriminatorLoss(context);
        }

        public override LossTerms GeneratorLoss(ObjectiveContext context)
        {
            // A report's look asks for the loss too, on logits that it cut off.
            if (context.Latents is not null)
                Drawn.Add(rand(1, generator: context.Random).item<float>());
            return Minimax.GeneratorLoss(context);
        }
    }

    private sealed class Shift : Augmentation
    {
        public override Tensor Apply(Tensor samples, Generator random) => samples + randn(samples.shape[0], 1, device: samples.device, generator: random) * 0.1;
    }

    /// <summary>Returns all that an objective may ask for.</summary>
    private sealed class ReadingDiscriminator : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> body = Sequential(Linear(2, 8), SiLU()), judge = Linear(8, 1), classes = Linear(8, 2), codes = Linear(8, 1);

        public ReadingDiscriminator()
            : base(nameof(ReadingDiscriminator)) => RegisterComponents();

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
        {
            var features = body.call(samples);
            return new DiscriminatorOutput(judge.call(features).squeeze(1), classes.call(features), features) { Codes = codes.call(features) };
        }
    }
}
