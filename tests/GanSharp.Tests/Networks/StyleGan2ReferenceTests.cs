using FluentAssertions;
using GanSharp.Data.Images;
using GanSharp.Networks.StyleGan;
using GanSharp.Tensors;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Networks;

/// <summary>StyleGAN2's networks against PyTorch in float64, where every sample has convolution weights of its own (tests/peers/stylegan2_reference.py).</summary>
public sealed class StyleGan2ReferenceTests
{
    private const double Tolerance = 1e-9;
    private const int Batch = 4;
    private static readonly Reference[] References = Fixture.Read<Reference[]>("Networks", "stylegan2.json");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Samples_logits_and_their_gradients_of_both_orders_are_those_of_PyTorch(int index)
    {
        using var scope = NewDisposeScope();
        var (setting, expected) = (References[index].Case, References[index].Forward);
        using var generator = PeerNetworks.Filled(setting.Generator(), 100, Scale);
        using var discriminator = PeerNetworks.Filled(setting.Discriminator(), 200, Scale);
        var latents = PeerNetworks.Numbers(3, Batch, generator.Prior.Size).requires_grad_(true);
        var images = PeerNetworks.Numbers(4, [Batch, .. setting.Image.Select(size => (long)size)]).requires_grad_(true);

        var samples = generator.call(latents, setting.Labels());
        var slope = SafeGradient.Of(samples * PeerNetworks.Numbers(5, samples.shape), latents, createGraph: true)!;
        (slope.square().sum() + samples.square().mean()).backward();
        var logits = discriminator.call(images, setting.Labels()).Logits;
        var penalties = PeerNetworks.Penalty(images, logits);
        (logits * PeerNetworks.Numbers(6, Batch) + penalties).sum().backward();

        PeerNetworks.Difference(PeerNetworks.Values(samples), expected.Samples).Should().BeLessThan(Tolerance);
        PeerNetworks.Difference(PeerNetworks.Values(slope), expected.Slope).Should().BeLessThan(Tolerance);
        Compare(PeerNetworks.Ordered(generator), expected.GeneratorGradients);
        PeerNetworks.Difference(PeerNetworks.Values(logits), expected.Logits).Should().BeLessThan(Tolerance);
        PeerNetworks.Difference(PeerNetworks.Values(penalties), expected.Penalties).Should().BeLessThan(Tolerance);
        PeerNetworks.Difference(PeerNetworks.Projections([images.grad!])[0], expected.InputGradient).Should().BeLessThan(Tolerance);
        Compare(PeerNetworks.Ordered(discriminator), expected.DiscriminatorGradients);
    }

    private static double Scale(string name, Parameter parameter) => parameter.dim() == 1 ? 0.1 : name.StartsWith("mapping.layers", StringComparison.Ordinal) ? 150 : 1.5;

    private static void Compare(IEnumerable<Parameter> parameters, double[][] expected) => PeerNetworks.Difference(
        PeerNetworks.Projections(parameters.Select(parameter => parameter.grad!)).SelectMany(pair => pair), expected.SelectMany(pair => pair)).Should().BeLessThan(Tolerance);

    public sealed record Reference(Setting Case, ForwardValues Forward);

    public sealed record Setting(int[] Image, int LatentSize, int[] Widths, int MappingLayers, bool Noise, int? MinibatchGroup, int Classes)
    {
        private ImageShape Shape => new(Image[0], Image[1], Image[2]);

        private StyleGan2Options Options => new() { Widths = Widths, MappingLayers = MappingLayers, Noise = Noise, MinibatchGroup = MinibatchGroup };

        private int? ClassesOrNone => Classes == 0 ? null : Classes;

        public StyleGan2Generator Generator() => new(Shape, LatentSize, Options, ClassesOrNone);

        public StyleGan2Discriminator Discriminator() => new(Shape, Options, ClassesOrNone);

        public Tensor? Labels() => Classes == 0 ? null : arange(Batch) % Classes;
    }

    public sealed record ForwardValues(
        double[] Samples, double[] Slope, double[][] GeneratorGradients, double[] Logits, double[] Penalties, double[] InputGradient, double[][] DiscriminatorGradients);
}
