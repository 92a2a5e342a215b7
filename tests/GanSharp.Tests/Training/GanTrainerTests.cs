using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Training;

public sealed class GanTrainerTests
{
    [Fact]
    public void The_same_seed_trains_the_same_networks_bit_for_bit()
    {
        var (first, second, other) = (Train(seed: 1), Train(seed: 1), Train(seed: 2));

        first.Should().Equal(second);
        first.Should().NotEqual(other);
    }

    [Fact]
    public void Training_in_two_pieces_is_training_in_one()
    {
        Train(seed: 1, pieces: [3, 7]).Should().Equal(Train(seed: 1, pieces: [10]));
    }

    [Fact]
    public void How_often_it_reports_does_not_change_what_is_learned()
    {
        Train(seed: 1, reportEvery: 1).Should().Equal(Train(seed: 1, reportEvery: 5));
    }

    [Fact]
    public void A_gradient_that_the_caller_left_between_two_steps_changes_nothing()
    {
        static void Leave(GeneratorNetwork generator, DiscriminatorNetwork discriminator) =>
            discriminator.call(generator.call(ones(4, 2), null), null).Logits.sum().backward();

        Train(seed: 1, pieces: [3, 7], between: Leave).Should().Equal(Train(seed: 1, pieces: [10]));
    }

    [Fact]
    public void One_step_is_equation_20_and_then_equation_21()
    {
        // Against a step written by hand with torch's own optimizer: the definition of what the trainer does.
        manual_seed(4);
        using var scope = NewDisposeScope();
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 16, 2);
        using var discriminator = new MlpDiscriminator(2, 16);
        using var generatorByHand = new MlpGenerator(2, 16, 2);
        using var discriminatorByHand = new MlpDiscriminator(2, 16);
        generatorByHand.load_state_dict(generator.state_dict());
        discriminatorByHand.load_state_dict(discriminator.state_dict());
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 32, Seed = 9 });

        trainer.Train(1).Should().ContainSingle();

        using var random = GanSharp.Randomness.SeededRandom.Create(9, "latents");
        var (real, latents) = (data.Draw(9, 0, 32).Samples, randn([32, 2], ScalarType.Float32, generator: random));
        var discriminatorOptimizer = optim.Adam(discriminatorByHand.parameters(), 2e-4, 0.5, 0.999);
        var value = functional.logsigmoid(discriminatorByHand.call(real, null).Logits).mean()
            + functional.logsigmoid(-discriminatorByHand.call(generatorByHand.call(latents, null).detach(), null).Logits).mean();
        (-value).backward();
        discriminatorOptimizer.step();
        var generatorOptimizer = optim.Adam(generatorByHand.parameters(), 2e-4, 0.5, 0.999);
        functional.logsigmoid(-discriminatorByHand.call(generatorByHand.call(latents, null), null).Logits).mean().backward();
        generatorOptimizer.step();
        NetworkDifference.Largest(discriminator, discriminatorByHand).Should().BeLessThan(1e-6);
        NetworkDifference.Largest(generator, generatorByHand).Should().BeLessThan(1e-6);
    }

    [Fact]
    public void No_gradient_is_computed_for_what_is_held_fixed()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new Witness();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { Objective = GanObjective.RelativisticPaired, BatchSize = 8, JointForward = false });

        discriminator.Calls.Clear();
        trainer.Train(1).Should().ContainSingle();

        // D's step judges real and fake with D learning and G cut off; G's step the other way round.
        discriminator.Calls.Should().Equal((true, false), (true, false), (false, false), (false, true));
        discriminator.parameters().Should().OnlyContain(parameter => parameter.requires_grad);
    }

    [Fact]
    public void The_discriminator_takes_k_steps_on_fresh_data_for_each_of_the_generator()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new Witness();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { DiscriminatorSteps = 3, BatchSize = 8, JointForward = false });

        discriminator.Calls.Clear();
        trainer.Train(2).Should().HaveCount(2);

        discriminator.Calls.Count(call => call.Learns).Should().Be(2 * 3 * 2);
        discriminator.Calls.Count(call => !call.Learns).Should().Be(2);
        trainer.SamplesSeen.Should().Be(2 * 3 * 8);
    }

    [Fact]
    public void A_frozen_generator_is_held_fixed_throughout()
    {
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(1, 1);
        foreach (var parameter in generator.parameters())
            parameter.requires_grad_(false);
        using var discriminator = new MlpDiscriminator(1, 8);
        using var trainer = new GanTrainer(generator, discriminator, data, TrainingOptions.RegularizedRelativistic(10, 1));
        var before = discriminator.parameters().First().detach().clone();

        trainer.Train(10).Should().HaveCount(10);

        generator.parameters().Select(parameter => parameter.item<float>()).Should().Equal(1, 1);
        discriminator.parameters().First().equal(before).all().item<bool>().Should().BeFalse();
    }

    [Fact]
    public void The_two_players_have_their_own_rates()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        var before = generator.parameters().First().detach().clone();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { GeneratorOptimizer = new AdamOptions { LearningRate = 0 } });

        trainer.Train(3).Should().HaveCount(3);

        generator.parameters().First().equal(before).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void Samples_come_from_the_average_and_the_same_seed_gives_the_same()
    {
        using var scope = NewDisposeScope();
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { EmaHalfLifeImages = 1e6, GeneratorOptimizer = new AdamOptions { LearningRate = 0.1 } });
        trainer.Train(20).Should().HaveCount(20);

        trainer.Sample(5, seed: 3).equal(trainer.Sample(5, seed: 3)).all().item<bool>().Should().BeTrue();
        using var random = GanSharp.Randomness.SeededRandom.Create(3, "samples");
        generator.Sample(5, random: random).equal(trainer.Sample(5, seed: 3)).any().item<bool>().Should().BeFalse("the trained weights are elsewhere");
    }

    [Fact]
    public void Labels_reach_both_networks()
    {
        using var scope = NewDisposeScope();
        using var data = new InMemoryDataset(randn(64, 2), arange(64, ScalarType.Int64) % 4);
        using var generator = new ConditionalGenerator();
        using var discriminator = new ConditionalDiscriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, TrainingOptions.RegularizedRelativistic(5, 1) with { BatchSize = 16 });

        trainer.Train(5).Should().HaveCount(5);

        trainer.Sample(4, labels: arange(4, ScalarType.Int64)).shape.Should().Equal(4, 2);
    }

    private static float[] Train(long seed, int[]? pieces = null, int reportEvery = 1, Action<GeneratorNetwork, DiscriminatorNetwork>? between = null)
    {
        manual_seed(0);
        using var scope = NewDisposeScope();
        using var data = new InMemoryDataset(randn(100, 2)).Split(0.2);
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        using var trainer = new GanTrainer(generator, discriminator, data, TrainingOptions.RegularizedRelativistic(10, 1) with { Seed = seed, BatchSize = 30 });
        foreach (var steps in pieces ?? [10])
        {
            foreach (var _ in trainer.Train(steps).Every(reportEvery))
            {
            }
            between?.Invoke(generator, discriminator);
        }
        return [.. generator.parameters().Concat(discriminator.parameters()).SelectMany(parameter => parameter.detach().contiguous().data<float>().ToArray())];
    }

    /// <summary>Notes for each call whether D's parameters learn and whether the samples carry G's graph.</summary>
    private sealed class Witness : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> body = Linear(2, 1);

        public Witness()
            : base(nameof(Witness)) => RegisterComponents();

        public List<(bool Learns, bool GeneratorLearns)> Calls { get; } = [];

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
        {
            Calls.Add((parameters().All(parameter => parameter.requires_grad), samples.requires_grad));
            return body.call(samples).squeeze(1);
        }
    }

    private sealed class ConditionalGenerator : GeneratorNetwork
    {
        private readonly Module<Tensor, Tensor> embedding = Embedding(4, 3), body = Linear(5, 2);

        public ConditionalGenerator()
            : base(nameof(ConditionalGenerator), LatentPrior.Normal(2)) => RegisterComponents();

        public override Tensor forward(Tensor latents, Tensor? labels) => body.call(cat([latents, embedding.call(labels!)], 1));
    }

    private sealed class ConditionalDiscriminator : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> embedding = Embedding(4, 3), body = Linear(5, 1);

        public ConditionalDiscriminator()
            : base(nameof(ConditionalDiscriminator)) => RegisterComponents();

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(cat([samples, embedding.call(labels!)], 1)).squeeze(1);
    }
}
