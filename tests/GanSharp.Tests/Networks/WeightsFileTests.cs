using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Safetensors;
using GanSharp.Tensors;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Networks;

public sealed class WeightsFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Path => folder.File("weights.safetensors");

    [Fact]
    public void Weights_come_back_bit_for_bit_with_batch_norm_statistics()
    {
        manual_seed(1);
        using var scope = NewDisposeScope();
        using var saved = new DcganGenerator(new ImageShape(3, 8, 8), latentSize: 4, width: 2);
        saved.call(randn(8, 4), null);
        using var other = new DcganGenerator(new ImageShape(3, 8, 8), latentSize: 4, width: 2);

        saved.SaveWeights(Path);
        other.LoadWeights(Path);

        NetworkFingerprint.Compute(other).Should().Be(NetworkFingerprint.Compute(saved));
        Directory.GetFiles(folder.FullName).Should().Equal(Path);
    }

    [Fact]
    public void Names_shapes_and_types_are_those_of_a_PyTorch_state_dict()
    {
        using var network = Sequential(
            ("linear", Linear(3, 2)), ("conv", Conv2d(2, 4, 3)), ("up", ConvTranspose2d(4, 2, 3)), ("norm", BatchNorm2d(2)), ("table", Embedding(5, 3)),
            ("group", GroupNorm(1, 2)), ("slope", PReLU(2)), ("nested", Sequential(Linear(1, 1, hasBias: false), ReLU())));

        network.SaveWeights(Path);

        using var file = SafetensorsFile.Read(Path);
        file.Metadata.Should().Equal(new Dictionary<string, string> { ["format"] = "pt" });
        file.Tensors.Select(entry => $"{entry.Key} {entry.Value.dtype} {Shape.Format(entry.Value.shape)}").Should().BeEquivalentTo(
            "linear.weight Float32 [2, 3]", "linear.bias Float32 [2]",
            "conv.weight Float32 [4, 2, 3, 3]", "conv.bias Float32 [4]",
            "up.weight Float32 [4, 2, 3, 3]", "up.bias Float32 [2]",
            "norm.weight Float32 [2]", "norm.bias Float32 [2]", "norm.running_mean Float32 [2]", "norm.running_var Float32 [2]", "norm.num_batches_tracked Int64 []",
            "table.weight Float32 [5, 3]",
            "group.weight Float32 [2]", "group.bias Float32 [2]",
            "slope.weight Float32 [2]",
            "nested.0.weight Float32 [1, 1]");
    }

    [Fact]
    public void Every_mismatch_is_listed_and_nothing_is_loaded()
    {
        using var saved = Sequential(("a", Linear(3, 2)), ("b", Linear(2, 2)), ("d", Linear(1, 1, hasBias: false)));
        using var network = Sequential(("a", Linear(4, 2)), ("b", Linear(2, 2, dtype: ScalarType.Float64)), ("c", Linear(1, 1, hasBias: false)));
        var before = NetworkFingerprint.Compute(network);
        saved.SaveWeights(Path);
        var load = () => network.LoadWeights(Path);

        load.Should().Throw<WeightsMismatchException>().WithMessage(string.Join(Environment.NewLine,
            $"'{Path}' doesn't fit the network Sequential, and nothing was loaded:",
            "- 'a.weight' must be Float32 [2, 4] but is Float32 [2, 3]",
            "- 'b.weight' must be Float64 [2, 2] but is Float32 [2, 2]",
            "- 'b.bias' must be Float64 [2] but is Float32 [2]",
            "- 'c.weight' (Float32 [1, 1]) is missing",
            "- 'd.weight' (Float32 [1, 1]) is unknown")).Which.Mismatches.Should().HaveCount(5);
        NetworkFingerprint.Compute(network).Should().Be(before);
    }

    [Fact]
    public void A_network_in_training_keeps_its_flat_buffers_and_trains_on_from_what_was_loaded()
    {
        manual_seed(2);
        using var scope = NewDisposeScope();
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8, Diagnostics = new() { Samples = 0 } });
        using var other = new MlpGenerator(2, 8, 2);
        other.SaveWeights(Path);
        var latents = randn(4, 2);

        generator.LoadWeights(Path);

        generator.call(latents, null).eq(other.call(latents, null)).all().item<bool>().Should().BeTrue();
        _ = trainer.Train(3).Last();
        generator.call(latents, null).eq(other.call(latents, null)).all().item<bool>().Should().BeFalse("three steps moved it");
    }

    [Fact]
    public void A_failed_write_leaves_the_file_that_was_there()
    {
        using var good = Linear(2, 2);
        using var unwritable = Linear(2, 2, dtype: ScalarType.ComplexFloat64);
        good.SaveWeights(Path);
        var before = File.ReadAllBytes(Path);
        var save = () => unwritable.SaveWeights(Path);

        save.Should().Throw<ArgumentException>().WithMessage("*'weight' is ComplexFloat64*");

        File.ReadAllBytes(Path).Should().Equal(before);
        Directory.GetFiles(folder.FullName).Should().Equal(Path);
    }

    [Fact]
    public void Tied_weights_are_written_under_each_of_their_names()
    {
        using var network = new Tied();

        network.SaveWeights(Path);

        using (var file = SafetensorsFile.Read(Path))
            file.Tensors.Keys.Should().BeEquivalentTo("first.weight", "second.weight");
        var load = () => network.LoadWeights(Path);
        load.Should().NotThrow();
    }

    public void Dispose() => folder.Dispose();

    private sealed class Tied : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> first = Linear(2, 2, hasBias: false), second;

        public Tied()
            : base(nameof(Tied))
        {
            second = first;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => second.call(first.call(input));
    }
}
