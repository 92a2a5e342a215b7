using System.Runtime.InteropServices;
using FluentAssertions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Classic;
using GanSharp.Networks.Normalization;
using GanSharp.Networks.R3Gan;
using GanSharp.Networks.Residual;
using GanSharp.Networks.StyleGan;
using GanSharp.Onnx;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Serving;

/// <summary>An exported generator makes the network's samples, and what can't be exported is named before a file exists.</summary>
public sealed class OnnxExportTests
{
    private const double Tolerance = 1e-5;
    private static readonly ImageShape Image = new(1, 12, 12);

    private static readonly Dictionary<string, Func<GeneratorNetwork>> Generators = new()
    {
        ["affine"] = () => new AffineGenerator(1, 2),
        ["points"] = () => new MlpGenerator(4, 16, 2),
        ["points by class"] = () => new MlpGenerator(4, 16, 2, classes: 3),
        ["mlp of images"] = () => new MlpGenerator(4, 16, Image, prior: LatentPrior.Uniform(4)),
        ["dcgan"] = () => new DcganGenerator(new(3, 16, 16), latentSize: 8, width: 4),
        ["dcgan by class"] = () => new DcganGenerator(Image, latentSize: 8, width: 4, classes: 10),
        ["goodfellow"] = () => new Goodfellow2014Generator(Image, latentSize: 8, width: 16),
        ["infogan"] = () => new InfoGanGenerator(Image, latentSize: 8),
        ["resnet"] = () => new ResnetGenerator(new(3, 16, 16), latentSize: 8, width: 8),
        ["resnet by class"] = () => new ResnetGenerator(new(3, 16, 16), latentSize: 8, width: 8, classes: 3),
        ["sagan by class"] = () => new ResnetGenerator(new(3, 16, 16), latentSize: 8, width: 8, classes: 3, spectralNorm: true, attentionHeight: 8),
        ["r3gan"] = () => new R3GanGenerator(Image, latentSize: 8, new() { Width = 8 }),
        ["r3gan by class"] = () => new R3GanGenerator(Image, latentSize: 8, new() { Width = 8 }, classes: 3),
        ["stylegan2"] = () => new StyleGan2Generator(Image, latentSize: 8, new() { Width = 4 }),
        ["stylegan2 by class"] = () => new StyleGan2Generator(Image, latentSize: 8, new() { Width = 4 }, classes: 3),
        ["stylegan2 without noise"] = () => new StyleGan2Generator(Image, latentSize: 8, new() { Width = 4, Noise = false }),
        ["layers"] = () => new Plain(8, Layers()),
    };

    public static TheoryData<string> Names => [.. Generators.Keys];

    public static TheoryData<string> Conditional => [.. Generators.Keys.Where(name => name.EndsWith("by class", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_file_makes_the_networks_samples_in_every_batch_size(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Shuffled(Generators[name]());
        using var session = Session(network);

        foreach (var count in new[] { 1, 2, 9 })
        {
            var (latents, labels) = (network.Prior.Sample(count), network.Classes is { } classes ? arange(count, ScalarType.Int64) % classes : null);
            Difference(Run(session, latents, labels), network.Sample(latents, labels)).Should().BeLessThan(Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Conditional))]
    public void Mixtures_of_classes_can_be_the_input(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Shuffled(Generators[name]());
        using var session = Session(network, new() { Mixtures = true });
        var (latents, mixtures) = (network.Prior.Sample(5), rand(5, network.Classes!.Value).softmax(1));

        Difference(Run(session, latents, mixtures), network.Sample(latents, mixtures)).Should().BeLessThan(Tolerance);
    }

    [Fact]
    public void Truncation_becomes_part_of_the_file()
    {
        using var scope = NewDisposeScope();
        using var network = (StyleGan2Generator)Shuffled(Generators["stylegan2"]());
        using var session = Session(network, new() { Truncation = 0.5 });
        var latents = network.Prior.Sample(4);

        var given = Run(session, latents, null);

        Difference(given, network.SampleTruncated(latents, 0.5)).Should().BeLessThan(Tolerance);
        Difference(given, network.Sample(latents)).Should().BeGreaterThan(0.01, "the test could not fail otherwise");
    }

    [Fact]
    public void Normalized_weights_are_part_of_the_file()
    {
        using var scope = NewDisposeScope();
        using var network = Shuffled(new Plain(4, [
            ("spectral", new SpectralNorm(Linear(4, 16))), ("length", new WeightNorm(Linear(16, 16))), ("maps", Unflatten(1, [4, 2, 2])),
            ("up", new WeightNorm(ConvTranspose2d(4, 4, 4, stride: 2, padding: 1))), ("conv", new SpectralNorm(Conv2d(4, 2, 3, padding: 1)))]));
        using var session = Session(network);
        var latents = network.Prior.Sample(4);

        Difference(Run(session, latents, null), network.Sample(latents)).Should().BeLessThan(Tolerance);
        session.ModelMetadata.CustomMetadataMap.Should().Contain("gansharp.prior", "normal").And.Contain("gansharp.latent_size", "4").And.Contain("gansharp.value_range", "-1 1");
        session.ModelMetadata.ProducerName.Should().Be("GanSharp");
    }

    [Fact]
    public void A_module_without_a_rule_is_named_and_no_file_appears()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("generator.onnx");
        using var network = new Plain(4, [("linear", Linear(4, 4)), ("inner", Sequential(("cube", new Cube())))]);

        var export = () => network.ExportOnnx(path, new() { Rules = [Plain.Rule] });

        var error = export.Should().Throw<OnnxExportException>().WithMessage("'body.inner.cube' (*Cube) has no rule*OnnxRule.Of<Cube>*").Which;
        (error.ModuleType, error.ModulePath).Should().Be((typeof(Cube), "body.inner.cube"));
        Directory.GetFileSystemEntries(folder.FullName).Should().BeEmpty();
    }

    [Fact]
    public void A_rule_of_the_users_own_makes_a_module_exportable()
    {
        using var scope = NewDisposeScope();
        using var network = new Plain(4, [("linear", Linear(4, 4)), ("cube", new Cube())]);
        using var session = Session(network, new() { Rules = [Plain.Rule, OnnxRule.Of<Cube>((_, graph, input) => graph.Node("Mul", [graph.Node("Mul", [input, input]), input]))] });
        var latents = network.Prior.Sample(4);

        Difference(Run(session, latents, null), network.Sample(latents)).Should().BeLessThan(Tolerance);
    }

    [Fact]
    public void A_rule_that_computes_something_else_is_refused_and_an_old_file_stays()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("generator.onnx");
        File.WriteAllText(path, "old");
        using var network = new Plain(4, [("linear", Linear(4, 4)), ("cube", new Cube())]);

        var export = () => network.ExportOnnx(path, new() { Rules = [Plain.Rule, OnnxRule.Of<Cube>((_, _, input) => input)] });

        export.Should().Throw<OnnxExportException>().WithMessage("*must be the network's to within Tolerance 0.0001*");
        File.ReadAllText(path).Should().Be("old");
    }

    [Fact]
    public void Options_that_dont_fit_the_generator_are_refused()
    {
        using var network = new MlpGenerator(4, 8, 2);
        void Refused(OnnxExportOptions options, string message) => network.Invoking(one => one.ExportOnnx(Stream.Null, options)).Should().Throw<ArgumentException>().WithMessage(message);

        Refused(new() { Mixtures = true }, "Mixtures must be false*");
        Refused(new() { Truncation = 0.5 }, "Truncation must be 1*");
        Refused(new() { Tolerance = 0 }, "Tolerance must be*");
        Refused(new() { ValueRange = (1, 1) }, "ValueRange must be*");
    }

    [Fact]
    public void Export_leaves_modes_random_state_and_memory_as_they_were()
    {
        using var network = new ResnetGenerator(new(3, 16, 16), latentSize: 8, width: 8, classes: 3, spectralNorm: true, attentionHeight: 8);
        network.train();
        using var before = get_rng_state();

        LiveTensors.Grown(() => network.ExportOnnx(Stream.Null)).Should().BeLessThanOrEqualTo(0);

        using var after = get_rng_state();
        using var same = after.eq(before).all();
        same.item<bool>().Should().BeTrue();
        network.training.Should().BeTrue();
    }

    /// <summary>Every layer with a rule that no shipped generator has.</summary>
    private static (string, torch.nn.Module<Tensor, Tensor>)[] Layers() =>
    [
        ("linear0", Linear(8, 16)), ("layer norm", LayerNorm(16)), ("gelu", GELU()), ("linear1", Linear(16, 16)), ("norm1d", BatchNorm1d(16)), ("silu", SiLU()), ("dropout", Dropout(0.5)),
        ("maps", Unflatten(1, [4, 2, 2])), ("group norm", GroupNorm(2, 4)), ("elu", ELU(0.7)), ("nearest", Upsample(scale_factor: [2, 2], mode: UpsampleMode.Nearest)),
        ("conv", Conv2d(4, 8, 3, padding: 1, groups: 2)), ("prelu", PReLU(8)), ("bilinear", Upsample(scale_factor: [2, 2], mode: UpsampleMode.Bilinear)), ("instance norm", InstanceNorm2d(8)), ("softplus", Softplus(2)),
        ("aligned", Upsample(size: [12, 10], mode: UpsampleMode.Bilinear, align_corners: true)), ("mish", Mish()), ("shuffle", PixelShuffle(2)), ("up", ConvTranspose2d(2, 3, 3, stride: 2, padding: 1, output_padding: 1)),
        ("celu", CELU(0.5)), ("selu", SELU()), ("sign", Softsign()), ("flat", Flatten()), ("last", Linear(3 * 48 * 40, 5)), ("sigmoid", Sigmoid()),
    ];

    /// <summary>Statistics, strengths and biases of a network that has learned: at the start many are 0 or 1 and so prove nothing.</summary>
    private static GeneratorNetwork Shuffled(GeneratorNetwork network)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
            parameter.copy_(name.Contains("norm", StringComparison.Ordinal) || parameter.count_nonzero().item<long>() == 0 ? rand_like(parameter) + 0.5 : parameter);
        foreach (var (name, buffer) in network.named_buffers().Where(named => named.name.EndsWith("running_mean", StringComparison.Ordinal) || named.name.EndsWith("running_var", StringComparison.Ordinal) || named.name.EndsWith("mapping.mean", StringComparison.Ordinal)))
            buffer.copy_(rand_like(buffer) + 0.5);
        return network;
    }

    private static InferenceSession Session(GeneratorNetwork network, OnnxExportOptions? options = null)
    {
        using var file = new MemoryStream();
        options ??= new();
        network.ExportOnnx(file, options with { Rules = [Plain.Rule, .. options.Rules] });
        using var settings = new SessionOptions { IntraOpNumThreads = 1 };
        return new InferenceSession(file.ToArray(), settings);
    }

    private static Tensor Run(InferenceSession session, Tensor latents, Tensor? labels)
    {
        static float[] Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.contiguous().bytes).ToArray();
        using var settings = new RunOptions();
        using var z = OrtValue.CreateTensorValueFromMemory(Floats(latents), latents.shape);
        using var y = labels is null ? null : labels.dtype == ScalarType.Int64
            ? OrtValue.CreateTensorValueFromMemory(labels.data<long>().ToArray(), labels.shape) : OrtValue.CreateTensorValueFromMemory(Floats(labels), labels.shape);
        using var results = session.Run(settings, labels is null ? ["latent"] : ["latent", labels.dtype == ScalarType.Int64 ? "label" : "mixture"], y is null ? [z] : [z, y], ["samples"]);
        return tensor(results[0].GetTensorDataAsSpan<float>().ToArray(), results[0].GetTensorTypeAndShape().Shape);
    }

    private static double Difference(Tensor given, Tensor expected)
    {
        given.shape.Should().Equal(expected.shape);
        return ((given - expected).abs().max() / expected.abs().max().clamp(min: 1)).item<float>();
    }

    private sealed class Plain : GeneratorNetwork
    {
        public static readonly OnnxRule Rule = OnnxRule.Of<Plain>((_, scope, latents) => scope.Call("body", latents));

        private readonly torch.nn.Module<Tensor, Tensor> body;

        public Plain(int latentSize, (string, torch.nn.Module<Tensor, Tensor>)[] layers)
            : base(nameof(Plain), LatentPrior.Normal(latentSize))
        {
            body = Sequential(layers);
            RegisterComponents();
        }

        public override Tensor forward(Tensor latents, Tensor? labels) => body.call(latents);
    }

    private sealed class Cube() : torch.nn.Module<Tensor, Tensor>(nameof(Cube))
    {
        public override Tensor forward(Tensor input) => input.pow(3);
    }
}
