using System.Runtime.CompilerServices;
using FluentAssertions;
using GanSharp.Augmentations;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Networks;
using GanSharp.Penalties;
using GanSharp.Penalties.Consistency;
using GanSharp.Players;
using GanSharp.Tensors;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Training;

public sealed class NetworkClaimTests
{
    [Fact]
    public void A_second_trainer_of_a_network_is_refused_until_the_first_is_disposed()
    {
        manual_seed(0);
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        using var otherDiscriminator = new MlpDiscriminator(2, 8);
        using (var first = new GanTrainer(generator, discriminator, data))
        {
            new Action(() => _ = new GanTrainer(generator, otherDiscriminator, data)).Should().Throw<NetworkException>()
                .WithMessage("The network MlpGenerator belongs to another trainer that isn't disposed. Two trainers can't train one network: dispose the other trainer first, or make a network of its own for this one.");
            first.Train(2).Should().HaveCount(2);
        }

        using var second = new GanTrainer(generator, otherDiscriminator, data);
        second.Train(2).Should().HaveCount(2);
    }

    [Fact]
    public void A_layer_that_another_trainer_has_is_refused_by_both_names()
    {
        manual_seed(0);
        using var data = Mixtures.Ring();
        using var shared = Linear(2, 8);
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new Headed(shared);
        using var otherGenerator = new Tailed(shared);
        using var otherDiscriminator = new MlpDiscriminator(2, 8);
        using var first = new GanTrainer(generator, discriminator, data);

        new Action(() => _ = new GanTrainer(otherGenerator, otherDiscriminator, data)).Should().Throw<NetworkException>()
            .WithMessage("Parameter 'body.weight' of Tailed is also parameter 'body.weight' of Headed, which belongs to another trainer*");
    }

    [Fact]
    public void A_layer_of_G_and_D_is_refused_unless_it_is_frozen()
    {
        manual_seed(0);
        using var data = Mixtures.Ring();
        using var shared = Linear(2, 8);
        using var generator = new Tailed(shared);
        using var discriminator = new Headed(shared);

        new Action(() => _ = new GanTrainer(generator, discriminator, data)).Should().Throw<NetworkException>()
            .WithMessage("Tailed and Headed share a layer: parameter 'body.weight' of the first is 'body.weight' of the second*");

        foreach (var parameter in shared.parameters())
            parameter.requires_grad_(false);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8 });
        trainer.Train(2).Should().HaveCount(2);
    }

    [Fact]
    public void A_part_of_the_options_that_keeps_a_state_serves_one_trainer_at_a_time()
    {
        using var first = new PointRun(new() { BatchSize = 8, DiscriminatorPenalties = [new LeCam(0.3)], Diagnostics = new() { Samples = 0 } });
        var penalty = (LeCam)first.Trainer.Options.DiscriminatorPenalties[0];
        _ = first.Train(3);
        double[] State() => [.. penalty.State.Select(entry => entry.Value.item<double>())];
        var before = State();
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        var make = () => new GanTrainer(generator, discriminator, data, first.Trainer.Options);

        make.Should().Throw<InvalidOperationException>().WithMessage(
            "LeCam (DiscriminatorPenalties) keeps a state that belongs to another trainer that isn't disposed. Give each trainer its own, or dispose the other trainer first.");

        State().Should().Equal(before, "the first trainer's state isn't touched");
        first.Trainer.Dispose();
        using var second = make();
        State().Should().OnlyContain(value => value == 0, "a run begins with nothing");
    }

    [Fact]
    public void An_augmentation_that_adapts_begins_anew_with_each_trainer_and_is_found_inside_another()
    {
        using var augmentation = new AdaptiveAugmentation(new InstanceNoise(0.1)) { EveryObservations = 1, ImagesToFull = 100, Target = -0.99 };
        var options = new TrainingOptions { BatchSize = 8, Augmentation = augmentation, Diagnostics = new() { Samples = 0 } };
        using (var first = new PointRun(options))
        {
            _ = first.Train(5);
            augmentation.ReadProbability().Should().BePositive();
            new Action(() => new PointRun(options with { Augmentation = Augmentation.Sequence(augmentation) }).Dispose()).Should().Throw<InvalidOperationException>()
                .WithMessage("AugmentationSequence (Augmentation) keeps a state that belongs to another trainer that isn't disposed, as AdaptiveAugmentation (Augmentation). *");
        }

        using var second = new PointRun(options with { Augmentation = Augmentation.Sequence(augmentation) });

        augmentation.ReadProbability().Should().Be(0);
        ((IStateful)augmentation).Scalars.Should().Equal(0, 0);
    }

    [Fact]
    public void Parts_without_a_state_serve_many_trainers()
    {
        var options = new TrainingOptions { BatchSize = 8, Augmentation = Augmentation.Sequence(new InstanceNoise(0.1)), DiscriminatorPenalties = [new R1(1), new ConsistencyRegularization(new InstanceNoise(0.1), 1)] };
        using var first = new PointRun(options);

        new Action(() => new PointRun(options).Dispose()).Should().NotThrow();
    }

    [Fact]
    public void A_trainer_that_was_forgotten_or_failed_to_be_made_holds_no_network()
    {
        manual_seed(0);
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        using var badDiscriminator = new MlpDiscriminator(3, 8);
        Forget(generator, discriminator, data);
        new Action(() => _ = new GanTrainer(generator, badDiscriminator, data)).Should().Throw<NetworkException>();

        using var trainer = new GanTrainer(generator, discriminator, data);
        trainer.Train(2).Should().HaveCount(2);
    }

    [Fact]
    public void A_trainer_that_fails_to_be_made_leaves_no_thread_and_no_tensor()
    {
        manual_seed(0);
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new OnlyFloat32();
        // All is made when the trial in low precision fails.
        var options = new TrainingOptions { BatchSize = 8, Precision = Precision.BFloat16, Prefetch = true, EmaHalfLifeImages = 10 };
        void Fail() => new Action(() => _ = new GanTrainer(generator, discriminator, data, options)).Should().Throw<NetworkException>().WithMessage("Precision is BFloat16*");
        Fail();
        var (tensors, threads) = (LiveTensors.Settled(), BatchThreads());

        for (var trial = 0; trial < 5; trial++)
            Fail();

        LiveTensors.Settled().Should().BeLessThanOrEqualTo(tensors);
        BatchThreads().Should().Be(threads);
        using var trainer = new GanTrainer(generator, discriminator, data, options with { Precision = Precision.Float32 });
        trainer.Train(2).Should().HaveCount(2);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data) =>
        new GanTrainer(generator, discriminator, data, new() { EmaHalfLifeImages = 10, Prefetch = true }).Train(1).Should().HaveCount(1);

    private static int BatchThreads() => !OperatingSystem.IsLinux() ? 0
        : Directory.GetDirectories("/proc/self/task").Count(task => File.ReadAllText(Path.Combine(task, "comm")).StartsWith("GanSharp batch", StringComparison.Ordinal));

    private sealed class Headed : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> body, head;

        public Headed(Module<Tensor, Tensor> shared)
            : base(nameof(Headed))
        {
            (body, head) = (shared, Linear(8, 1));
            RegisterComponents();
        }

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => head.call(body.call(samples).relu()).squeeze(1);
    }

    private sealed class Tailed : GeneratorNetwork
    {
        private readonly Module<Tensor, Tensor> body, tail;

        public Tailed(Module<Tensor, Tensor> shared)
            : base(nameof(Tailed), LatentPrior.Normal(2))
        {
            (body, tail) = (shared, Linear(8, 2));
            RegisterComponents();
        }

        public override Tensor forward(Tensor latents, Tensor? labels) => tail.call(body.call(latents).relu());
    }

    private sealed class OnlyFloat32 : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> head;
        private readonly Tensor constant = ones(2, 2).DetachFromDisposeScope();

        public OnlyFloat32()
            : base(nameof(OnlyFloat32))
        {
            head = Linear(2, 1);
            register_module("head", head);
        }

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => samples.dtype == constant.dtype
            ? head.call(samples.matmul(constant)).squeeze(1)
            : throw new NotSupportedException("float32 only");
    }
}
