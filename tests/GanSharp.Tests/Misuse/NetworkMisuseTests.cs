using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Penalties;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Misuse;

/// <summary>Networks that can't learn, or would end the process in the first step.</summary>
public sealed class NetworkMisuseTests
{
    private const string Generator = "LambdaGenerator.forward ", Discriminator = "LambdaDiscriminator.forward ";

    public static TheoryData<string, Func<Module<Tensor, Tensor>, Tensor, Tensor>, string> GeneratorMisuses => new()
    {
        { "null", (_, _) => null!, Generator + "must return a tensor but returned null." },
        { "disposed", (layer, z) => { using var x = layer.call(z); return x; }, Generator + "must return a tensor but returned one that has been disposed*" },
        { "float64", (layer, z) => layer.call(z).to(ScalarType.Float64), Generator + "must return float32 samples but returned Float64. GanSharp trains float32*" },
        { "half", (layer, z) => layer.call(z).to(ScalarType.Float16), Generator + "must return float32 samples but returned Float16.*" },
        { "bytes", (layer, z) => layer.call(z).to(ScalarType.Byte), Generator + "must return floating-point samples but returned Byte." },
        { "detached", (layer, z) => layer.call(z).detach(), Generator + "must be differentiable in its parameters, but its samples carry no gradient*" },
        { "no_grad", (layer, z) => { using var frozen = no_grad(); return layer.call(z); }, Generator + "must be differentiable in its parameters*" },
        { "rounded", (layer, z) => layer.call(z).round().mul(1.0).detach(), Generator + "must be differentiable*a rounding*" },
        { "constant of another type", (layer, z) => layer.call(z).mm(eye(2, dtype: ScalarType.Float64)), Generator + "failed on latents of shape [16, 2]: *same dtype*GanSharp trains float32: make constants with the input's type*" },
        { "sizes that don't fit", (layer, z) => layer.call(cat([z, z], 1)), Generator + "failed on latents of shape [16, 2]: mat1 and mat2 shapes cannot be multiplied (16x4 and 2x2)*first size must be that of what the layer is given*" },
        { "written in place", (layer, z) => { var x = layer.call(z).exp(); var y = x.square(); using (no_grad()) { x.add_(1); } return y; }, Generator + "can't be differentiated: one of the variables needed for gradient computation has been modified by an inplace operation*" },
    };

    [Theory]
    [MemberData(nameof(GeneratorMisuses))]
    public void A_generator_s_mistake_is_named_when_the_trainer_is_made(string misuse, Func<Module<Tensor, Tensor>, Tensor, Tensor> body, string message)
    {
        misuse.Should().NotBeEmpty();
        Making.Trainer(new LambdaGenerator((layer, latents, _) => body(layer, latents))).Should().Throw<NetworkException>().WithMessage(message)
            .Which.Message.Should().NotContain("frame #");
    }

    public static TheoryData<string, Func<Module<Tensor, Tensor>, Tensor, Tensor>, string> DiscriminatorMisuses => new()
    {
        { "null", (_, _) => null!, Discriminator + "must return a tensor but returned null." },
        { "float64", (layer, x) => layer.call(x).squeeze(1).to(ScalarType.Float64), Discriminator + "must return float32 logits but returned Float64." },
        { "detached", (layer, x) => layer.call(x).squeeze(1).detach(), Discriminator + "must be differentiable, but its logits carry no gradient*" },
        { "samples cut off", (layer, x) => layer.call(x.detach()).squeeze(1), Discriminator + "must be differentiable in its samples, but no gradient reaches them, so LambdaGenerator would learn nothing*" },
        { "parameters unused", (_, x) => x.sum(1), Discriminator + "doesn't use any parameter that can be trained, so it would learn nothing*" },
        { "mean over the batch", (layer, x) => layer.call(x).mean(), Discriminator + "must return logits of shape [16] for 16 samples but returned []." },
    };

    [Theory]
    [MemberData(nameof(DiscriminatorMisuses))]
    public void A_discriminator_s_mistake_is_named_when_the_trainer_is_made(string misuse, Func<Module<Tensor, Tensor>, Tensor, Tensor> body, string message)
    {
        misuse.Should().NotBeEmpty();
        Making.Trainer(discriminator: new LambdaDiscriminator((layer, samples, _) => body(layer, samples))).Should().Throw<NetworkException>().WithMessage(message)
            .Which.Message.Should().NotContain("frame #");
    }

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Parameters_of_another_type_are_named(ScalarType type)
    {
        using var generator = new LambdaGenerator();
        using var discriminator = new LambdaDiscriminator();
        TorchSharp.ModuleExtensionMethods.to(discriminator, type);

        Making.Trainer(generator, discriminator).Should().Throw<NetworkException>()
            .WithMessage($"GanSharp trains float32, but parameter 'layer.0.weight' of LambdaDiscriminator is {type}. Call to(ScalarType.Float32) on the network*");
        FluentActions.Invoking(() => discriminator.Logits(randn(3, 2))).Should().Throw<ArgumentException>()
            .WithMessage($"samples must be {type} like the parameters of LambdaDiscriminator but are Float32. Convert them: samples.to(ScalarType.{type}).*");
        TorchSharp.ModuleExtensionMethods.to(generator, type);
        FluentActions.Invoking(() => generator.Sample(3)).Should().Throw<NetworkException>().WithMessage("GanSharp trains float32, but parameter 'layer.weight' of LambdaGenerator*");
    }

    [Fact]
    public void A_disposed_network_is_named()
    {
        using var generator = new LambdaGenerator();
        generator.Dispose();
        using var discriminator = new LambdaDiscriminator();
        discriminator.Dispose();

        Making.Trainer(generator).Should().Throw<ObjectDisposedException>().WithMessage("The network LambdaGenerator has been disposed, and with it its weights.*");
        FluentActions.Invoking(() => generator.Sample(2)).Should().Throw<ObjectDisposedException>().WithMessage("The network LambdaGenerator has been disposed*");
        FluentActions.Invoking(() => discriminator.Logits(randn(2, 2))).Should().Throw<ObjectDisposedException>().WithMessage("The network LambdaDiscriminator has been disposed*");
    }

    [Fact]
    public void A_parameter_that_died_with_the_scope_in_which_it_was_made_is_named()
    {
        ScopedDiscriminator discriminator;
        using (NewDisposeScope())
            discriminator = new ScopedDiscriminator();

        Making.Trainer(discriminator: discriminator).Should().Throw<ObjectDisposedException>()
            .WithMessage("The parameter in the field 'slope' of ScopedDiscriminator has been disposed, so it would neither train nor be saved. If it was made inside a DisposeScope, call DetachFromDisposeScope() on it there.*");
    }

    [Fact]
    public void Batch_norm_with_a_batch_of_one_is_refused_with_the_remedy()
    {
        using var discriminator = new NormedDiscriminator();

        Making.Trainer(discriminator: discriminator, options: new() { BatchSize = 1 }).Should().Throw<NetworkException>()
            .WithMessage("NormedDiscriminator has a BatchNorm1d, which can't normalize a single value per channel, but with BatchSize 1 it is given [1, 4]: its output would be constant and its running variance NaN. Use a larger BatchSize, or GroupNorm or LayerNorm.");
        discriminator.buffers().Should().OnlyContain(buffer => buffer.isfinite().all().item<bool>(), "the trial leaves no trace");
        Making.Trainer(discriminator: discriminator, options: new() { BatchSize = 2 }).Should().NotThrow();
    }

    [Fact]
    public void A_network_left_in_evaluation_mode_between_two_reports_is_put_back()
    {
        string Train(bool evaluates)
        {
            manual_seed(0);
            using var data = Mixtures.Ring();
            using var generator = new LambdaGenerator();
            using var discriminator = new NormedDiscriminator();
            using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8, Diagnostics = new() { Samples = 0 } });
            foreach (var _ in trainer.Train(6).Every(2))
                if (evaluates)
                {
                    generator.eval();
                    discriminator.eval();
                }
            return NetworkFingerprint.Compute(discriminator);
        }

        Train(evaluates: true).Should().Be(Train(evaluates: false));
    }

    [Fact]
    public void Training_inside_no_grad_is_named_and_goes_on_outside()
    {
        using var data = Mixtures.Ring();
        using var generator = new LambdaGenerator();
        using var discriminator = new LambdaDiscriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { Diagnostics = new() { Samples = 0 } });

        using (no_grad())
            trainer.Invoking(one => one.Train(2).ToList()).Should().Throw<InvalidOperationException>()
                .WithMessage("Training needs gradients, but it was called inside no_grad() or inference_mode(). End that scope before the loop over the reports.");

        trainer.Train(2).Should().HaveCount(2);
    }

    [Fact]
    public void Images_with_their_channels_last_are_recognized()
    {
        using var data = new InMemoryDataset(randn(32, 8, 8, 3).tanh(), name: "photos");
        using var generator = new DcganGenerator(new ImageShape(3, 8, 8), latentSize: 4, width: 4);
        using var discriminator = new DcganDiscriminator(new ImageShape(3, 8, 8), width: 4);

        Making.Trainer(generator, discriminator, data, new() { BatchSize = 8 }).Should().Throw<NetworkException>()
            .WithMessage("DcganGenerator.forward must return samples of shape [16, 8, 8, 3], like 'photos', for 16 latents but returned [16, 3, 8, 8]. The data's images have their channels last (8 × 8 × 3), but GanSharp, like torch, has them first: permute the samples of shape [N, 8, 8, 3] with permute(0, 3, 1, 2).");
    }

    [Fact]
    public void Data_in_bytes_against_a_tanh_is_refused_and_names_both_ranges()
    {
        manual_seed(2);
        using var data = new InMemoryDataset(rand(32, 1, 8, 8).mul(255), name: "bytes");

        MakingImages(data).Should().Throw<NetworkException>().WithMessage("16 samples of 'bytes' lie in [*, 2*] but DcganGenerator makes samples in [-1, 1], so it can't reach the data. Bring the data into G's range*");
    }

    [Theory]
    [InlineData(1, 0, "16 samples of 'images' lie in [0*, 0.9*] but DcganGenerator makes samples in [-1, 1]: D tells every negative value apart at once*from [0, 1] with samples * 2 − 1")]
    [InlineData(4, -2, "16 samples of 'images' lie in [-*, 1.9*] but DcganGenerator makes samples in [-1, 1], so it can't reach all of the data*")]
    [InlineData(2, -1, null)]
    public void Data_that_leaves_or_does_not_fill_the_range_of_a_tanh_is_warned_of_in_the_next_report(double scale, double shift, string? warning)
    {
        manual_seed(2);
        using var data = new InMemoryDataset(rand(32, 1, 8, 8).mul(scale).add(shift), name: "images");
        using var generator = new DcganGenerator(new ImageShape(1, 8, 8), latentSize: 4, width: 4);
        using var discriminator = new DcganDiscriminator(new ImageShape(1, 8, 8), width: 4);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8, Diagnostics = new() { Samples = 0 } });

        var reports = trainer.Train(2).ToList();

        if (warning is null)
            reports[0].Warnings.Should().BeEmpty();
        else
            reports[0].Warnings.Should().ContainSingle().Which.Should().Match(warning);
        reports[1].Warnings.Should().BeEmpty();
    }

    [Fact]
    public void Generators_without_a_bounded_end_are_left_alone()
    {
        using var far = new InMemoryDataset(randn(64, 2).mul(100).add(200));
        using var line = Mixtures.Line(2, 30);
        using var affine = new AffineGenerator(0, 1);
        using var points = new MlpGenerator(2, 8, 2);
        using var onLine = new MlpDiscriminator(1, 8);
        using var inPlane = new MlpDiscriminator(2, 8);
        using var first = new GanTrainer(affine, onLine, line, new() { Diagnostics = new() { Samples = 0 } });
        using var second = new GanTrainer(points, inPlane, far, new() { Diagnostics = new() { Samples = 0 } });

        first.Train(1).Single().Warnings.Should().BeEmpty();
        second.Train(1).Single().Warnings.Should().BeEmpty();
    }

    [Fact]
    public void The_trial_leaves_weights_buffers_gradients_modes_and_randomness_as_they_were()
    {
        manual_seed(3);
        using var data = Mixtures.Ring();
        using var generator = new LambdaGenerator((layer, latents, _) => nn.functional.dropout(layer.call(latents), 0.3, training: true));
        using var discriminator = new NormedDiscriminator();
        var before = NetworkFingerprint.Compute(generator) + NetworkFingerprint.Compute(discriminator);
        using var state = get_rng_state();

        Making.Trainer(generator, discriminator, data, new() { DiscriminatorPenalties = [new R1(1), new R2(1)], Diagnostics = new() { Auditor = () => new MlpDiscriminator(2, 8) } }).Should().NotThrow();

        (NetworkFingerprint.Compute(generator) + NetworkFingerprint.Compute(discriminator)).Should().Be(before);
        get_rng_state().equal(state).all().item<bool>().Should().BeTrue();
        generator.parameters().Concat(discriminator.parameters()).Count(parameter => parameter.grad is { IsInvalid: false }).Should().Be(0);
    }

    [Fact]
    public void A_thread_that_collects_garbage_doesn_t_disturb_the_trial()
    {
        using var data = Mixtures.Ring();
        using var generator = new LambdaGenerator();
        using var discriminator = new NormedDiscriminator();
        using var collecting = new CollectingThread();

        for (var repeat = 0; repeat < 40; repeat++)
            Making.Trainer(generator, discriminator, data, new() { DiscriminatorPenalties = [new R1(1), new R2(1)] }).Should().NotThrow();
    }

    private static Action MakingImages(Dataset data) => Making.Trainer(
        new DcganGenerator(new ImageShape(1, 8, 8), latentSize: 4, width: 4), new DcganDiscriminator(new ImageShape(1, 8, 8), width: 4), data, new() { BatchSize = 8 });

    private sealed class NormedDiscriminator : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> body = Sequential(Linear(2, 4), BatchNorm1d(4), LeakyReLU(0.2), Linear(4, 1));

        public NormedDiscriminator()
            : base(nameof(NormedDiscriminator)) => RegisterComponents();

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(samples).squeeze(1);
    }

    private sealed class ScopedDiscriminator : DiscriminatorNetwork
    {
        private readonly TorchSharp.Modules.Parameter slope = Parameter(ones(2));
        private readonly Module<Tensor, Tensor> body = Linear(2, 1);

        public ScopedDiscriminator()
            : base(nameof(ScopedDiscriminator)) => RegisterComponents();

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(samples * slope).squeeze(1);
    }
}
