using GanSharp.Data.Images;
using GanSharp.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Interop;

/// <summary>A network that stands on both sides, here and in tests/peers/interop_check.py.</summary>
/// <param name="Name">Name of its files.</param>
/// <param name="Make">Makes it with random weights.</param>
/// <param name="InputShape">Shape of one input.</param>
internal sealed record InteropNetwork(string Name, Func<Module> Make, long[] InputShape)
{
    private const int Classes = 3, Channels = 3;

    /// <summary>"small", of which the files are committed, or "full".</summary>
    public static IReadOnlyList<InteropNetwork> All(string size)
    {
        var (side, width, latentSize) = size switch
        {
            "small" => (8, 2, 4),
            "full" => (32, 64, 100),
            _ => throw new ArgumentException($"size must be small or full but is '{size}'.", nameof(size)),
        };
        var image = new ImageShape(Channels, side, side);
        return
        [
            new("mlp-generator", () => new MlpGenerator(latentSize, 4 * width, 2), [latentSize]),
            new("mlp-discriminator", () => new MlpDiscriminator(2, 4 * width), [2]),
            new("dcgan-generator", () => new DcganGenerator(image, latentSize, width), [latentSize]),
            new("dcgan-discriminator", () => new DcganDiscriminator(image, width, batchNorm: true), [Channels, side, side]),
            new("residual-generator", () => new ResidualGenerator(latentSize, width, Classes, Channels), [latentSize]),
        ];
    }

    /// <summary>Its samples or its logits.</summary>
    public static Tensor Call(Module network, Tensor input, Tensor? labels) => network switch
    {
        DiscriminatorNetwork discriminator => discriminator.call(input, labels).Logits,
        Module<Tensor, Tensor?, Tensor> generator => generator.call(input, labels),
        _ => throw new ArgumentException($"network must be a generator or a discriminator but is {network.GetType().Name}.", nameof(network)),
    };

    public static Tensor Labels(long count) => arange(count) % Classes;
}
