using GanSharp.Networks.Weights;
using GanSharp.Randomness;
using GanSharp.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Metrics.Features;

/// <summary>
/// Activations of a convolutional network with random weights, for images of any content. They see edges, textures and where they are, and nothing of what an
/// image means. Naeem et al. (2020) use random features for images unlike those that a trained network knows.
/// </summary>
public sealed class RandomConvolutionFeatures : IFeatureExtractor, IDisposable
{
    // 128 channels in 2 × 2 cells.
    private const int SmallestSide = 8;
    private static readonly int[] Widths = [32, 64, 128];
    private readonly Sequential network;
    private readonly int channels;

    /// <summary>Features of 512 values.</summary>
    /// <param name="channels">Channels of an image, at least 1.</param>
    /// <param name="seed">Determines the weights. Values are comparable only with the same seed, which <see cref="WeightsHash"/> shows. Default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channels"/> is below 1.</exception>
    public RandomConvolutionFeatures(int channels, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        this.channels = channels;
        using var random = SeededRandom.Create(seed, "random convolutions");
        using var frozen = no_grad();
        var layers = new List<(string, Module<Tensor, Tensor>)>();
        var input = channels;
        foreach (var (index, width) in Widths.Index())
        {
            var layer = Conv2d(input, width, 4, stride: 2, padding: 1, bias: false);
            // He initialization keeps the variance from layer to layer.
            using var scope = NewDisposeScope();
            layer.weight.copy_(randn(layer.weight.shape, ScalarType.Float32, generator: random) * Math.Sqrt(2.0 / (input * 16)));
            layers.Add(($"down{index}", layer));
            layers.Add(($"activation{index}", LeakyReLU(0.2)));
            input = width;
        }
        layers.Add(("cells", AdaptiveAvgPool2d([2, 2])));
        network = Sequential(layers);
        network.eval();
        WeightsHash = NetworkFingerprint.Compute(network);
    }

    /// <summary>"random convolutions".</summary>
    public string Name => "random convolutions";

    /// <inheritdoc/>
    public string WeightsHash { get; }

    /// <summary>The features.</summary>
    /// <param name="samples">Float tensor of shape [N, channels, height, width], sides of at least 8.</param>
    /// <returns>Float32 tensor of shape [N, 512] on the CPU.</returns>
    /// <exception cref="ArgumentException">The samples have another shape.</exception>
    public Tensor Extract(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.dim() != 4 || samples.shape[1] != channels || samples.shape[2] < SmallestSide || samples.shape[3] < SmallestSide)
            throw new ArgumentException($"samples must be images of shape [N, {channels}, height, width] with sides of at least {SmallestSide} but have shape {Shape.Format(samples.shape)}.", nameof(samples));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return network.call(samples.cpu().to(ScalarType.Float32)).flatten(1).MoveToOuterDisposeScope();
    }

    /// <summary>Releases the weights.</summary>
    public void Dispose() => network.Dispose();
}
