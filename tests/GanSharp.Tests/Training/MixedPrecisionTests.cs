using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Penalties;
using GanSharp.Players;
using GanSharp.Training;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Training;

public sealed class MixedPrecisionTests
{
    // Eight bits of precision: a rounding is off by 2⁻⁹ of the value at most, and some of them add up.
    private const double Tolerance = 0.02;
    private static readonly ImageShape Image = new(1, 8, 8);

    [Fact]
    public void The_losses_are_those_of_float32_to_the_precision_of_bfloat16_but_not_the_same()
    {
        var (exact, rounded) = (Losses(Precision.Float32), Losses(Precision.BFloat16));

        rounded.Should().NotEqual(exact);
        rounded.Zip(exact, (low, high) => Math.Abs(low - high)).Max().Should().BeLessThan(Tolerance);
    }

    [Fact]
    public void Within_a_step_layers_compute_in_bfloat16_and_norms_hold_float32()
    {
        manual_seed(0);
        using var data = Images();
        using var generator = new DcganGenerator(Image, 4, 4);
        using var discriminator = new SpyDiscriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8, Precision = Precision.BFloat16 });
        discriminator.Seen.Clear();

        trainer.Train(1).Should().ContainSingle();

        discriminator.Seen.Distinct().Should().Equal("input BFloat16, layer BFloat16, frozen BFloat16, norm Float32");
    }

    [Fact]
    public void How_often_it_reports_does_not_change_what_is_learned()
    {
        // A step that continues another takes over what the optimizer rounded; one after a report rounds anew.
        float[] Train(int every)
        {
            manual_seed(0);
            using var data = Images();
            using var generator = new DcganGenerator(Image, 4, 4);
            using var discriminator = new SpyDiscriminator();
            using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8, Precision = Precision.BFloat16, DiscriminatorSteps = 2 });
            _ = trainer.Train(6).Every(every).Last();
            return [.. generator.parameters().Concat(discriminator.parameters()).SelectMany(parameter => parameter.detach().contiguous().data<float>().ToArray())];
        }

        Train(every: 6).Should().Equal(Train(every: 1));
    }

    [Fact]
    public void Between_steps_the_networks_are_float32_and_go_on_from_what_the_optimizer_made()
    {
        manual_seed(0);
        using var data = Images();
        using var generator = new DcganGenerator(Image, 4, 4);
        using var discriminator = new SpyDiscriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8, Precision = Precision.BFloat16, EmaHalfLifeImages = 100 });
        var before = discriminator.parameters().Select(parameter => parameter.detach().clone()).ToArray();

        foreach (var _ in trainer.Train(3))
        {
            generator.parameters().Concat(discriminator.parameters()).Should().OnlyContain(parameter => parameter.dtype == ScalarType.Float32);
            trainer.Sample(4).dtype.Should().Be(ScalarType.Float32);
        }

        // Adam moves each weight by up to its rate of 2e-4 a step, which bfloat16 would lose beside weights of 0.1.
        discriminator.named_parameters().Zip(before).Where(pair => pair.First.parameter.requires_grad)
            .Should().OnlyContain(pair => !pair.First.parameter.equal(pair.Second).all().item<bool>());
        foreach (var copy in before)
            copy.Dispose();
    }

    [Fact]
    public void A_penalty_sees_float32_also_where_it_judges_points_of_its_own()
    {
        var types = new List<ScalarType>();

        var losses = Losses(Precision.BFloat16, [new R1(1), new R2(1), new InterpolationPenalty(types)]);

        losses.Should().OnlyContain(loss => double.IsFinite(loss));
        types.Distinct().Should().Equal(ScalarType.Float32);
    }

    [Fact]
    public void Group_and_layer_norm_compute_in_float32()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new NormedDiscriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8, Precision = Precision.BFloat16 });

        var types = new List<ScalarType>();
        foreach (var norm in discriminator.Norms)
            norm.register_forward_pre_hook((_, input) =>
            {
                types.Add(input.dtype);
                return input;
            });

        trainer.Train(2).Should().OnlyContain(report => double.IsFinite(report.DiscriminatorLoss));

        types.Distinct().Should().Equal(ScalarType.Float32);
    }

    [Fact]
    public void A_network_that_multiplies_by_a_constant_of_another_type_is_named_before_training()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new ConstantDiscriminator();

        var making = () => new GanTrainer(generator, discriminator, data, new() { BatchSize = 8, Precision = Precision.BFloat16 });

        making.Should().Throw<NetworkException>().WithMessage("Precision is BFloat16, and ConstantDiscriminator.forward failed*ones_like*Precision.Float32*");
        discriminator.parameters().Should().OnlyContain(parameter => parameter.dtype == ScalarType.Float32);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8 });
        trainer.Train(1).Should().ContainSingle();
    }

    [Fact]
    public void An_exception_in_a_step_leaves_float32_networks()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        var penalty = new FailingPenalty();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8, Precision = Precision.BFloat16, DiscriminatorPenalties = [penalty] });
        penalty.Fails = true;

        trainer.Invoking(one => one.Train(1).ToArray()).Should().Throw<InvalidOperationException>().WithMessage("on purpose");

        generator.parameters().Concat(discriminator.parameters()).Should().OnlyContain(parameter => parameter.dtype == ScalarType.Float32);
    }

    [Fact]
    public void Networks_can_be_trained_on_in_another_precision()
    {
        manual_seed(0);
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        foreach (var precision in new[] { Precision.BFloat16, Precision.Float32, Precision.BFloat16 })
        {
            using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8, Precision = precision });
            trainer.Train(2).Should().HaveCount(2);
        }
        using var again = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8 });
        again.Train(2).Should().HaveCount(2);
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        void Run(int steps)
        {
            using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8, Precision = Precision.BFloat16, DiscriminatorPenalties = [new R1(1)] });
            trainer.Train(steps).Should().HaveCount(steps);
        }
        Run(2);
        var before = LiveTensors.Settled();

        Run(20);

        Tensor.TotalCount.Should().Be(before);
    }

    private static double[] Losses(Precision precision, IReadOnlyList<DiscriminatorPenalty>? penalties = null)
    {
        manual_seed(3);
        using var data = Images();
        using var generator = new DcganGenerator(Image, 4, 8);
        using var discriminator = new DcganDiscriminator(Image, 8);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 16, Precision = precision, Objective = GanObjective.NonSaturating, DiscriminatorPenalties = penalties ?? [] });
        return [.. trainer.Train(10).SelectMany(report => new[] { report.DiscriminatorLoss, report.GeneratorLoss })];
    }

    private static GanSharp.Data.InMemoryDataset Images()
    {
        using var random = new Generator(5);
        using var pixels = randint(0, 256, [64, 1, 8, 8], ScalarType.Byte, generator: random);
        return new(pixels);
    }

    /// <summary>(‖∇ₓ l(x)‖ − 1)² between real and generated samples, D judged once more.</summary>
    private sealed class InterpolationPenalty(List<ScalarType> types) : DiscriminatorPenalty
    {
        public override Tensor Evaluate(DiscriminatorPass pass)
        {
            var between = pass.Real.Samples.detach().lerp(pass.Fake.Samples.detach(), 0.3).requires_grad_(true);
            var gradient = autograd.grad([pass.Discriminator.call(between, null).Logits.sum()], [between], retain_graph: true, create_graph: true)[0];
            types.AddRange([pass.Real.Logits.dtype, pass.Fake.Samples.dtype, gradient.dtype]);
            return (gradient.flatten(1).norm(1) - 1).square();
        }
    }

    private sealed class FailingPenalty : DiscriminatorPenalty
    {
        // One that fails from the start is refused before training.
        public bool Fails { get; set; }

        public override Tensor Evaluate(DiscriminatorPass pass) => Fails ? throw new InvalidOperationException("on purpose") : pass.Real.Logits * 0;
    }

    private sealed class SpyDiscriminator : DiscriminatorNetwork
    {
        private readonly Conv2d layer = Conv2d(1, 4, 3, padding: 1);
        private readonly BatchNorm2d norm = BatchNorm2d(4);
        private readonly Linear head = Linear(4 * 8 * 8, 1);

        public SpyDiscriminator()
            : base(nameof(SpyDiscriminator))
        {
            RegisterComponents();
            head.bias!.requires_grad_(false);
        }

        public List<string> Seen { get; } = [];

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
        {
            Seen.Add($"input {samples.dtype}, layer {layer.weight!.dtype}, frozen {head.bias!.dtype}, norm {norm.weight!.dtype}");
            return head.call(norm.call(layer.call(samples)).flatten(1)).squeeze(1);
        }
    }

    private sealed class NormedDiscriminator : DiscriminatorNetwork
    {
        private readonly Linear first = Linear(2, 8), second = Linear(8, 8), head = Linear(8, 1);
        private readonly GroupNorm group = GroupNorm(2, 8);
        private readonly LayerNorm layer = LayerNorm(8);

        public NormedDiscriminator()
            : base(nameof(NormedDiscriminator))
        {
            RegisterComponents();
            // TorchSharp 0.107.0 leaves them as the memory was.
            init.ones_(group.weight!);
            init.zeros_(group.bias!);
        }

        public IEnumerable<Module<Tensor, Tensor>> Norms => [group, layer];

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) =>
            head.call(layer.call(second.call(group.call(first.call(samples).unsqueeze(2)).squeeze(2)))).squeeze(1);
    }

    private sealed class ConstantDiscriminator : DiscriminatorNetwork
    {
        private readonly Linear head = Linear(2, 1);

        public ConstantDiscriminator()
            : base(nameof(ConstantDiscriminator)) => RegisterComponents();

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => head.call(functional.linear(samples, ones(2, 2))).squeeze(1);
    }
}
