using GanSharp.Data.Images;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Residual;

/// <summary>
/// SNGAN's residual generator (Miyato et al. 2018, table 4): a projection of z to a small feature map, an <see cref="UpResidualBlock"/> for each doubling, batch norm, ReLU,
/// a 3 × 3 convolution and a tanh. With <c>classes</c>, the blocks have conditional batch norm (Miyato and Koyama 2018). Initialized as there: Glorot uniform, with gain √2 on residual paths.
/// </summary>
/// <remarks>For 32 × 32 images the defaults are the paper's network for CIFAR-10. For other stages, a <see cref="GeneratorNetwork"/> of a few lines can be built from the same blocks.</remarks>
public sealed class ResnetGenerator : GeneratorNetwork
{
    private readonly Module<Tensor, Tensor> project, output;
    private readonly ModuleList<UpResidualBlock> blocks = [];
    private readonly Module<Tensor, Tensor> norm;
    private readonly SelfAttention2d? attention;
    private readonly int attentionIndex;
    private readonly long[] smallestShape;
    private readonly Func<ResnetGenerator> cloneArchitecture;

    internal IReadOnlyList<long> SmallestShape => smallestShape;

    /// <summary>The block after which there is attention; none where it is negative.</summary>
    internal int AttentionIndex => attentionIndex;

    /// <summary>A generator of images with values in [−1, 1].</summary>
    /// <param name="image">Shape of an image: 1, 3 or 4 channels, sides multiples of 4.</param>
    /// <param name="latentSize">Length of z. Default 128, as in the paper.</param>
    /// <param name="width">Channels of every feature map up to 32 pixels, at least 1; halved with each doubling beyond. Default 256, as in the paper.</param>
    /// <param name="classes">Number of classes; labels must then be given. Null (the default) for an unconditional network.</param>
    /// <param name="spectralNorm">Whether projection and convolutions have spectral norm, as in SAGAN (Zhang et al. 2019). Default false, as in SNGAN.</param>
    /// <param name="attentionHeight">Height of the feature map that gets <see cref="SelfAttention2d"/>; null (the default) for none. It must be that of a block's output: 8, 16 or 32 for an image of 32.</param>
    /// <param name="prior">p(z), of size <paramref name="latentSize"/>; standard normal where null.</param>
    /// <exception cref="ArgumentException">The image shape isn't supported, or no block has the <paramref name="attentionHeight"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="width"/> is below 1.</exception>
    public ResnetGenerator(ImageShape image, int latentSize = 128, int width = 256, int? classes = null, bool spectralNorm = false, int? attentionHeight = null, LatentPrior? prior = null)
        : base(nameof(ResnetGenerator), MlpGenerator.PriorOf(latentSize, prior))
    {
        image.ThrowIfUnsupported(nameof(image));
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        Classes = LabelCheck.ClassCount(classes);
        cloneArchitecture = () => new ResnetGenerator(image, latentSize, width, classes, spectralNorm, attentionHeight, Prior);
        var doublings = ResnetPlan.Doublings(image);
        var halvings = Enumerable.Range(0, doublings).Reverse().ToArray();
        attentionIndex = ResnetPlan.AttentionIndex([.. halvings.Select(times => image.Height >> times)], attentionHeight);
        var channels = ResnetPlan.Channels(image, width, doublings);
        smallestShape = [channels, image.Height >> doublings, image.Width >> doublings];
        project = GlorotLayers.FullyConnected(latentSize, smallestShape.Aggregate((a, b) => a * b), spectralNorm);
        for (var index = 0; index < doublings; index++)
        {
            var next = ResnetPlan.Channels(image, width, halvings[index]);
            blocks.Add(new UpResidualBlock(channels, next, classes, spectralNorm));
            channels = next;
            if (index == attentionIndex)
                attention = new SelfAttention2d(channels, spectralNorm);
        }
        norm = BatchNorm2d(channels);
        output = GlorotLayers.Convolution(channels, image.Channels, 3, spectralNorm);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int? Classes { get; }

    /// <inheritdoc/>
    public override bool TakesMixtures => Classes is not null;

    /// <inheritdoc/>
    public override Tensor forward(Tensor latents, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(latents);
        var features = project.call(latents).view([latents.shape[0], .. smallestShape]);
        for (var index = 0; index < blocks.Count; index++)
        {
            features = blocks[index].call(features, labels);
            if (index == attentionIndex)
                features = attention!.call(features);
        }
        return output.call(norm.call(features).relu()).tanh();
    }

    /// <inheritdoc/>
    public override GeneratorNetwork CloneArchitecture() => cloneArchitecture();
}
