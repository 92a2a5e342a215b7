using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Networks;
using GanSharp.Networks.Normalization;
using GanSharp.Networks.Weights;
using GanSharp.Objectives;
using GanSharp.Players;
using GanSharp.Tensors;
using GanSharp.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Networks.Normalization;

public sealed class SpectralNormTests
{
    [Fact]
    public void Sigma_converges_to_the_largest_singular_value_from_below()
    {
        manual_seed(1);
        using var scope = NewDisposeScope();
        var layer = Linear(7, 5, hasBias: false, dtype: ScalarType.Float64);
        var exact = linalg.svdvals(layer.weight!.detach()).max().item<double>();
        var weight = layer.weight!.detach().clone();
        using var normalized = new SpectralNorm(layer);
        // W / σ applied to unit vectors gives its columns back.
        double Sigma() => (weight / normalized.call(eye(7, dtype: ScalarType.Float64)).detach().t()).mean().item<double>();

        var errors = Enumerable.Range(0, 200).Select(_ => exact - Sigma()).ToArray();

        errors[0].Should().BeGreaterThanOrEqualTo(-1e-12).And.BeLessThan(0.1 * exact);
        errors[^1].Should().BeInRange(-1e-12, 1e-9 * exact);
    }

    [Fact]
    public void The_largest_singular_value_of_what_a_convolution_uses_is_1()
    {
        manual_seed(2);
        using var scope = NewDisposeScope();
        using var normalized = new SpectralNorm(Conv2d(3, 6, 3, bias: false, dtype: ScalarType.Float64), powerIterations: 300);
        // A convolution of impulses shows its kernel.
        var impulses = eye(27, dtype: ScalarType.Float64).view(27, 3, 3, 3);

        var kernel = normalized.call(impulses).detach().view(27, 6);

        linalg.svdvals(kernel).max().item<double>().Should().BeApproximately(1, 1e-9);
    }

    [Fact]
    public void It_can_be_differentiated_twice_with_the_derivatives_of_finite_differences()
    {
        manual_seed(3);
        using var scope = NewDisposeScope();
        using var layer = new SpectralNorm(Linear(3, 2, dtype: ScalarType.Float64));
        layer.eval();
        var weight = layer.named_parameters().Single(named => named.name == "weight").parameter;
        var input = randn(4, 3, ScalarType.Float64).requires_grad_(true);
        // A gradient penalty, so that its gradient is a second derivative.
        Tensor Penalty() => SafeGradient.Of(layer.call(input).tanh(), input, createGraph: true)!.square().sum();

        var gradient = SafeGradient.Of(Penalty(), weight)!;

        for (var index = 0; index < 6; index++)
        {
            double Moved(double by)
            {
                using (no_grad())
                    weight.view(6).narrow(0, index, 1).add_(by);
                var value = Penalty().item<double>();
                using (no_grad())
                    weight.view(6).narrow(0, index, 1).sub_(by);
                return value;
            }
            gradient.view(6)[index].item<double>().Should().BeApproximately((Moved(1e-5) - Moved(-1e-5)) / 2e-5, 1e-7);
        }
    }

    [Fact]
    public void Two_passes_before_a_backward_do_not_spoil_the_graph_of_the_first()
    {
        using var scope = NewDisposeScope();
        using var layer = new SpectralNorm(Linear(3, 2));
        var first = layer.call(randn(4, 3));
        var second = layer.call(randn(4, 3));

        var backward = () => (first.sum() + second.sum()).backward();

        backward.Should().NotThrow();
    }

    [Fact]
    public void An_average_of_singular_vectors_counts_by_its_direction_alone()
    {
        using var scope = NewDisposeScope();
        using var layer = new SpectralNorm(Linear(3, 2, dtype: ScalarType.Float64));
        layer.eval();
        var input = randn(4, 3, ScalarType.Float64);
        var before = layer.call(input);

        foreach (var vector in layer.buffers())
            vector.mul_(0.3);

        (layer.call(input) - before).abs().max().item<double>().Should().BeLessThan(1e-14);
    }

    [Fact]
    public void A_layer_of_zeros_and_one_that_pads_by_a_rule_are_refused()
    {
        using var scope = NewDisposeScope();
        var zeros = Linear(3, 2);
        using (no_grad())
            init.zeros_(zeros.weight!);

        FluentActions.Invoking(() => new SpectralNorm(zeros)).Should().Throw<ArgumentException>().WithMessage("layer must have a weight that isn't 0*");
        FluentActions.Invoking(() => new SpectralNorm(Conv2d(1, 2, 3, padding: TorchSharp.Padding.Same))).Should().Throw<ArgumentException>().WithMessage("layer must pad with a given number of zeros but pads by a rule*");
        FluentActions.Invoking(() => new SpectralNorm(Conv2d(1, 2, 3, padding: 1, padding_mode: PaddingModes.Reflect))).Should().Throw<ArgumentException>().WithMessage("*in the mode Reflect*");
        FluentActions.Invoking(() => new SpectralNorm(Linear(3, 2), powerIterations: 0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("powerIterations");
        FluentActions.Invoking(() => new WeightNorm(Linear(3, 2).Zeroed())).Should().Throw<ArgumentException>().WithMessage("*zeros have no direction*");
    }

    [Fact]
    public void Weight_norm_starts_with_the_layers_own_weight()
    {
        using var scope = NewDisposeScope();
        var layer = Conv2d(3, 4, 3, dtype: ScalarType.Float64);
        var input = randn([2, 3, 5, 5], ScalarType.Float64);
        var before = layer.call(input);

        using var normalized = new WeightNorm(layer);

        (normalized.call(input) - before).abs().max().item<double>().Should().BeLessThan(1e-14);
    }

    [Fact]
    public void Layers_made_in_a_scope_live_on_and_conversion_keeps_their_names()
    {
        SpectralNorm layer;
        using (NewDisposeScope())
            layer = new SpectralNorm(Linear(3, 2));
        using (layer)
        {
            layer.to(ScalarType.Float64);

            layer.state_dict().Keys.Should().BeEquivalentTo("weight", "bias", "u", "v");
            layer.state_dict().Values.Should().OnlyContain(value => value.dtype == ScalarType.Float64);
            using var input = zeros(1, 3, ScalarType.Float64);
            using var output = layer.call(input);
            output.dtype.Should().Be(ScalarType.Float64);
        }
    }

    [Fact]
    public void A_network_snapshot_and_a_file_of_weights_hold_the_singular_vectors()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var layer = new SpectralNorm(Linear(3, 2));
        var fingerprint = NetworkFingerprint.Compute(layer);
        using var snapshot = new NetworkSnapshot(layer);
        layer.SaveWeights(folder.File("weights.safetensors"));

        using (no_grad())
            foreach (var value in layer.parameters().Concat(layer.buffers()))
                value.add_(1);
        NetworkFingerprint.Compute(layer).Should().NotBe(fingerprint);
        snapshot.Restore();
        NetworkFingerprint.Compute(layer).Should().Be(fingerprint);

        using var other = new SpectralNorm(Linear(3, 2));
        other.LoadWeights(folder.File("weights.safetensors"));
        NetworkFingerprint.Compute(other).Should().Be(fingerprint);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Small_positive_logits_of_a_normalized_discriminator_are_not_taken_for_probabilities(int seed)
    {
        manual_seed(seed);
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        // All logits lie in (0, 1), and no factor on any weight changes that.
        using var discriminator = new NormalizedDiscriminator();

        var making = () => new GanTrainer(generator, discriminator, data, new() { BatchSize = 8 }).Dispose();

        making.Should().NotThrow();
    }

    [Fact]
    public void A_sigmoid_behind_normalized_layers_is_still_noticed()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new NormalizedDiscriminator(squashes: true);

        FluentActions.Invoking(() => new GanTrainer(generator, discriminator, data, new() { BatchSize = 8 })).Should().Throw<NetworkException>().WithMessage("*Remove the sigmoid*");
    }

    [Fact]
    public void In_bfloat16_the_weight_is_rounded_but_the_singular_vectors_are_float32_and_of_length_1()
    {
        manual_seed(0);
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new NormalizedDiscriminator();
        var head = discriminator.named_modules().Select(named => named.module).OfType<SpectralNorm>().Single();
        var seen = new List<string>();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8, Precision = Precision.BFloat16, Objective = GanObjective.NonSaturating });
        head.register_forward_hook((_, input, output) =>
        {
            seen.Add($"input {input.dtype}, weight {head.parameters().First().dtype}, vectors {string.Join(" ", head.buffers().Select(vector => vector.dtype).Distinct())}, output {output.dtype}");
            return output;
        });

        trainer.Train(5).Every(5).Should().ContainSingle();

        seen.Distinct().Should().Contain("input BFloat16, weight BFloat16, vectors Float32, output BFloat16");
        head.parameters().Should().OnlyContain(parameter => parameter.dtype == ScalarType.Float32);
        foreach (var vector in head.buffers())
            vector.norm().item<float>().Should().BeApproximately(1, 1e-6f);
    }

    [Fact]
    public void The_trainer_sees_that_it_keeps_a_state_and_that_a_normalized_convolution_is_one()
    {
        using var data = Mixtures.Ring();
        using var discriminator = new NormalizedDiscriminator();
        using var convolution = new ConvolutionalDiscriminator();

        JointForward.IsEquivalent(discriminator, data, seed: 0).Should().BeFalse();
        JointForward.IsWorthwhile(discriminator).Should().BeTrue();
        JointForward.IsWorthwhile(convolution).Should().BeFalse();
    }

    [Fact]
    public void Steps_and_samples_leave_no_tensor_behind()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new NormalizedDiscriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8, Objective = GanObjective.NonSaturating });
        trainer.Train(5).Should().HaveCount(5);

        LiveTensors.Grown(() => trainer.Train(20).Every(20).Should().ContainSingle()).Should().Be(0);
    }

    private sealed class ConvolutionalDiscriminator : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> body = new WeightNorm(Conv2d(1, 1, 3));

        public ConvolutionalDiscriminator()
            : base(nameof(ConvolutionalDiscriminator)) => RegisterComponents();

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(samples).mean([1, 2, 3]);
    }

    private sealed class NormalizedDiscriminator : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> body;
        private readonly bool squashes;

        public NormalizedDiscriminator(bool squashes = false)
            : base(nameof(NormalizedDiscriminator))
        {
            this.squashes = squashes;
            var head = Linear(8, 1);
            using (no_grad())
            {
                init.constant_(head.weight!, 0.01);
                init.zeros_(head.bias!);
            }
            body = Sequential(("first", new WeightNorm(Linear(2, 8))), ("activation", ReLU()), ("squash", Sigmoid()), ("head", new SpectralNorm(head)));
            RegisterComponents();
        }

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
        {
            // Eight sigmoids of numbers above 0, each times 1/√8: from 1.4 to 2.8, and from 0.28 to 0.57 at the end.
            var logits = body.call(samples).squeeze(1) * 0.2;
            return squashes ? logits.sigmoid() : logits;
        }
    }
}

internal static class Zeroing
{
    public static TorchSharp.Modules.Linear Zeroed(this TorchSharp.Modules.Linear layer)
    {
        using var frozen = no_grad();
        init.zeros_(layer.weight!);
        return layer;
    }
}
