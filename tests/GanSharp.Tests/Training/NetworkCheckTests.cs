using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Classic;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Training;

public sealed class NetworkCheckTests
{
    [Fact]
    public void A_subclass_that_forgets_RegisterComponents_is_told() =>
        Making(new Judge(1, register: false)).Should().Throw<NetworkException>()
            .WithMessage("Judge: the field 'body' (Sequential) isn't registered, so it would neither train nor be saved. Call RegisterComponents() at the end of the constructor of Judge.");

    [Fact]
    public void Layers_in_a_list_are_found_though_RegisterComponents_ignores_them() =>
        Making(new ListJudge()).Should().Throw<NetworkException>()
            .WithMessage("ListJudge: the list 'layers' holds a Linear that isn't registered, so it would neither train nor be saved. Call register_module for each layer in the constructor of ListJudge, or use a ModuleList or Sequential.");

    [Fact]
    public void Logits_of_the_wrong_shape_are_told_what_to_do() =>
        Making(new Judge(1, squeeze: false)).Should().Throw<NetworkException>()
            .WithMessage("Judge.forward must return logits of shape [16] for 16 samples but returned [16, 1]. End it with squeeze(1).");

    [Fact]
    public void A_probability_instead_of_a_logit_is_recognized() =>
        Making(new Judge(1, sigmoid: true)).Should().Throw<NetworkException>()
            .WithMessage("Judge.forward must return logits, any real number, but every output lies in [0, 1], like a probability. Remove the sigmoid at its end*");

    [Fact]
    public void A_discriminator_that_starts_at_zero_is_not_mistaken_for_a_probability()
    {
        using var judge = new Judge(1);
        using (no_grad())
            foreach (var parameter in judge.parameters())
                parameter.zero_();

        Making(judge).Should().NotThrow();
    }

    [Fact]
    public void Logits_that_are_small_and_positive_are_not_mistaken_for_probabilities()
    {
        // A constant image and the DCGAN initialization: now and then every logit of the probe lies just above 0.
        using var data = new InMemoryDataset(zeros([64, 1, 8, 8], ScalarType.Byte));
        using var generator = new DcganGenerator(new ImageShape(1, 8, 8), latentSize: 8, width: 4);
        for (var seed = 0; seed < 40; seed++)
        {
            manual_seed(seed);
            using var discriminator = new DcganDiscriminator(new ImageShape(1, 8, 8), width: 4);
            var before = discriminator.parameters().First().detach().clone();

            using var trainer = new GanTrainer(generator, discriminator, data);

            discriminator.parameters().First().eq(before).all().item<bool>().Should().BeTrue("the check leaves the weights as they were");
        }
    }

    [Fact]
    public void Logits_whose_weights_have_a_limited_norm_are_not_mistaken_for_probabilities()
    {
        // The limit undoes the large factor of the trial: now and then every logit of the probe stays just above 0.
        var image = new ImageShape(1, 16, 16);
        using var data = new InMemoryDataset(randint(0, 256, [64, 1, 16, 16], ScalarType.Byte));
        using var generator = new Goodfellow2014Generator(image, latentSize: 4, width: 4);
        for (var seed = 0; seed < 40; seed++)
        {
            manual_seed(seed);
            using var discriminator = new MaxoutDiscriminator(image, width: 8, maximumNorm: 1.9365);

            FluentActions.Invoking(() => new GanTrainer(generator, discriminator, data).Dispose()).Should().NotThrow($"the seed is {seed}");
        }
    }

    [Fact]
    public void Samples_of_the_wrong_shape_name_both_shapes() =>
        Making(new Judge(1), new MlpGenerator(2, 4, 3)).Should().Throw<NetworkException>()
            .WithMessage("MlpGenerator.forward must return samples of shape [16, 2], like 'ring of 8 Gaussians', for 16 latents but returned [16, 3].");

    [Fact]
    public void An_error_inside_forward_names_the_class_and_the_input() =>
        Making(new MlpDiscriminator(inputSize: 5, width: 4)).Should().Throw<NetworkException>()
            .WithMessage("MlpDiscriminator.forward failed on samples of shape [16, 2]: *");

    [Fact]
    public void Two_frozen_networks_leave_nothing_to_train()
    {
        using var generator = new MlpGenerator(2, 4, 2);
        using var discriminator = new MlpDiscriminator(2, 4);
        foreach (var parameter in generator.parameters().Concat(discriminator.parameters()))
            parameter.requires_grad_(false);

        Making(discriminator, generator).Should().Throw<NetworkException>()
            .WithMessage("Nothing to train: every parameter of MlpGenerator and of MlpDiscriminator is frozen, or they have none.");
    }

    [Theory]
    [InlineData(63, 1, "BatchSize must be a multiple of that but is 63")]
    [InlineData(62, 2, "BatchSize / MicroBatches must be a multiple of that but is 31")]
    public void Packing_must_divide_what_the_network_is_given_at_once(int batchSize, int microBatches, string rule) =>
        Making(new PackedJudge(), options: new() { BatchSize = batchSize, MicroBatches = microBatches }).Should().Throw<NetworkException>()
            .WithMessage($"PackedJudge judges 2 samples per logit, so {rule}.");

    [Fact]
    public void A_packed_discriminator_trains()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 4, 2);
        using var discriminator = new PackedJudge();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { Diagnostics = new() { Samples = 100 } });

        trainer.Train(4).Every(2).Should().HaveCount(2).And.OnlyContain(report => report.JensenShannon == null && report.Diagnostics!.Refusal!.Contains("judges 2 samples per logit"), "the divergence of pairs isn't that of samples");
    }

    private static Action Making(DiscriminatorNetwork discriminator, GeneratorNetwork? generator = null, TrainingOptions? options = null) => () =>
    {
        using var data = Mixtures.Ring();
        using var trainer = new GanTrainer(generator ?? new MlpGenerator(2, 4, 2), discriminator, data, options);
    };

    [Theory]
    [InlineData(-6.7e12)]
    [InlineData(double.NaN)]
    public void Weights_of_memory_that_nobody_set_are_named_before_training(double found)
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 4, 2);
        using var discriminator = new Judge(1);
        using (no_grad())
            discriminator.parameters().First().fill_(found);

        var making = () => new GanTrainer(generator, discriminator, data, new() { BatchSize = 4 });

        making.Should().Throw<NetworkException>().WithMessage("Parameter 'body.0.weight' of Judge must start with weights below*but holds*GroupNorm*");
    }

    private sealed class Judge : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> body;
        private readonly bool squeeze;

        public Judge(int outputs, bool register = true, bool squeeze = true, bool sigmoid = false)
            : base(nameof(Judge))
        {
            this.squeeze = squeeze;
            body = sigmoid ? Sequential(Linear(2, outputs), Sigmoid()) : Sequential(Linear(2, outputs));
            if (register)
                RegisterComponents();
        }

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => squeeze ? body.call(samples).squeeze(1) : body.call(samples);
    }

    private sealed class ListJudge : DiscriminatorNetwork
    {
        private readonly List<Module<Tensor, Tensor>> layers = [Linear(2, 8), Linear(8, 1)];

        public ListJudge()
            : base(nameof(ListJudge)) => RegisterComponents();

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => layers.Aggregate(samples, (x, layer) => layer.call(x)).squeeze(1);
    }

    private sealed class PackedJudge : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> body = Linear(4, 1);

        public PackedJudge()
            : base(nameof(PackedJudge)) => RegisterComponents();

        public override int SamplesPerLogit => 2;

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(samples.reshape(-1, 4)).squeeze(1);
    }
}
