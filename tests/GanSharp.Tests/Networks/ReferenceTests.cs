using FluentAssertions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Normalization;
using GanSharp.Networks.Residual;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Networks;

/// <summary>Layers and networks beside PyTorch's: tests/peers/networks_reference.py has them with the same names, weights and inputs, in float64, over three steps of gradient descent.</summary>
public sealed class ReferenceTests
{
    private const int Classes = 3, MostValues = 48;
    private const double Tolerance = 1e-9, Rate = 0.05;
    private static readonly ImageShape Image = new(3, 8, 8);

    private static Dictionary<string, Func<Module>> Makers { get; } = new()
    {
        ["spectral linear"] = () => new SpectralNorm(Linear(5, 4)),
        ["spectral convolution"] = () => new SpectralNorm(Conv2d(3, 4, 3, stride: 2, padding: 1)),
        ["spectral transposed convolution"] = () => new SpectralNorm(ConvTranspose2d(3, 4, 4, stride: 2, padding: 1)),
        ["spectral embedding"] = () => new SpectralNorm(Embedding(Classes, 5)),
        ["weight linear"] = () => new WeightNorm(Linear(5, 4)),
        ["weight convolution"] = () => new WeightNorm(Conv2d(3, 4, 3, stride: 2, padding: 1)),
        ["weight transposed convolution"] = () => new WeightNorm(ConvTranspose2d(3, 4, 4, stride: 2, padding: 1)),
        ["conditional batch norm"] = () => new ConditionalBatchNorm2d(3, Classes),
        ["up"] = () => new UpResidualBlock(3, 2),
        ["up, conditional and spectral"] = () => new UpResidualBlock(2, 3, Classes, spectralNorm: true),
        ["down, first"] = () => new DownResidualBlock(3, 4, isFirst: true),
        ["down"] = () => new DownResidualBlock(3, 4),
        ["down, plain"] = () => new DownResidualBlock(3, 3, spectralNorm: false, downsamples: false),
        ["attention"] = () => new SelfAttention2d(16, spectralNorm: false),
        ["attention, spectral"] = () => new SelfAttention2d(16),
        ["generator"] = () => new ResnetGenerator(Image, latentSize: 6, width: 4, Classes),
        ["discriminator"] = () => new ResnetDiscriminator(Image, width: 4, Classes),
    };

    public static TheoryData<string> Names => [.. Makers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Outputs_gradients_and_singular_vectors_are_those_of_PyTorch(string name)
    {
        var reference = Fixture.Read<Dictionary<string, Reference>>("Networks", "networks.json")[name];
        using var scope = NewDisposeScope();
        using var module = Makers[name]();
        module.to(ScalarType.Float64);
        var numbers = Fixture.Numbers(reference.Seed).Select(number => number / Math.Pow(2, 31) - 0.5).GetEnumerator();
        Tensor Take(long[] shape) => tensor(Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => numbers.MoveNext() ? numbers.Current : 0).ToArray()).reshape(shape);
        var (parameters, vectors) = (Sorted(module.named_parameters().Select(named => (named.name, (Tensor)named.parameter))), Sorted(module.named_buffers().Where(named => named.name.EndsWith('u') || named.name.EndsWith('v'))));
        using (no_grad())
        {
            foreach (var (_, value) in parameters)
                value.copy_(Take(value.shape));
            foreach (var (_, value) in vectors)
                value.copy_(functional.normalize(Take(value.shape), dim: 0));
        }
        var labels = tensor([2L, 0, 1, 2]);
        var input = reference.Shape is [] ? labels : Take(reference.Shape).requires_grad_(true);

        foreach (var step in reference.Steps)
        {
            module.zero_grad();
            input.grad = null;
            var output = Run(module, input, labels);
            (output * Take(output.shape)).sum().backward();
            var gradients = Sorted(parameters.Select(named => (named.Name, named.Value.grad!)).Concat(reference.Shape is [] ? [] : [("input", input.grad!)]));

            ShouldBe(Thinned(output), step.Output);
            gradients.Select(named => named.Name).Should().Equal(step.Gradients.Keys.Order(StringComparer.Ordinal));
            foreach (var (key, gradient) in gradients)
                ShouldBe([(gradient * Take(gradient.shape)).sum().item<double>()], [step.Gradients[key]]);
            vectors.Select(named => named.Name).Should().Equal(step.Vectors.Keys.Order(StringComparer.Ordinal));
            foreach (var (key, value) in vectors)
                ShouldBe(value.data<double>().ToArray(), step.Vectors[key]);
            using var frozen = no_grad();
            foreach (var (_, value) in parameters)
                value.sub_(value.grad! * Rate);
        }
        module.eval();
        ShouldBe(Thinned(Run(module, input, labels)), reference.Evaluation);
        // A pass in evaluation mode changes nothing.
        ShouldBe(Thinned(Run(module, input, labels)), reference.Evaluation);
    }

    private static Tensor Run(Module module, Tensor input, Tensor labels) => module switch
    {
        GeneratorNetwork generator => generator.call(input, labels),
        DiscriminatorNetwork discriminator => discriminator.call(input, labels).Logits,
        UpResidualBlock block => block.call(input, labels),
        ConditionalBatchNorm2d norm => norm.call(input, labels),
        Module<Tensor, Tensor> layer => layer.call(input),
        _ => throw new NotSupportedException(module.GetType().Name),
    };

    private static (string Name, Tensor Value)[] Sorted(IEnumerable<(string Name, Tensor Value)> named) => [.. named.OrderBy(entry => entry.Name, StringComparer.Ordinal)];

    private static double[] Thinned(Tensor values)
    {
        var all = values.detach().contiguous().data<double>().ToArray();
        var every = (all.Length + MostValues - 1) / MostValues;
        return [.. all.Where((_, index) => index % every == 0)];
    }

    private static void ShouldBe(double[] values, double[] reference)
    {
        values.Should().HaveCount(reference.Length);
        foreach (var (value, expected) in values.Zip(reference))
            value.Should().BeApproximately(expected, Tolerance * Math.Max(1, Math.Abs(expected)));
    }

    private sealed record Reference(long Seed, long[] Shape, Step[] Steps, double[] Evaluation);

    private sealed record Step(double[] Output, Dictionary<string, double> Gradients, Dictionary<string, double[]> Vectors);
}
