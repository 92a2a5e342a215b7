using GanSharp.Data.Images;
using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks;

/// <summary>
/// The generator of DCGAN (Radford, Metz, Chintala 2016): a projection of z to a small feature map, then transposed convolutions
/// (4 × 4, stride 2) that double it, each with batch norm and ReLU, and a tanh at the end.
/// Supports any image whose sides are multiples of 4; initialized as in the paper.
/// With classes, the one-hot code of the class is appended to z (Mirza and Osindero 2014).
/// </summary>
public sealed class DcganGenerator : GeneratorNetwork
{
    private readonly Module<Tensor, Tensor> project, body;
    private readonly long[] smallestShape;
    private readonly ImageShape image;
    private readonly int width;

    internal IReadOnlyList<long> SmallestShape => smallestShape;

    /// <summary>A generator of images with values in [−1, 1].</summary>
    /// <param name="image">Shape of an image: 1, 3 or 4 channels, sides multiples of 4.</param>
    /// <param name="latentSize">Length of z. Default 100, as in the paper.</param>
    /// <param name="width">Channels of the largest feature map, of half the image's sides; doubled with each halving, up to eight times. Default 64: half the paper's 128, for images of 28 to 64 pixels.</param>
    /// <param name="prior">p(z), of size <paramref name="latentSize"/>; standard normal where null.</param>
    /// <param name="classes">Number of classes; labels must then be given. Null (the default) for an unconditional network.</param>
    /// <exception cref="ArgumentException">The image shape isn't supported.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="width"/> is below 1.</exception>
    public DcganGenerator(ImageShape image, int latentSize = 100, int width = 64, LatentPrior? prior = null, int? classes = null)
        : base(nameof(DcganGenerator), MlpGenerator.PriorOf(latentSize, prior))
    {
        image.ThrowIfUnsupported(nameof(image));
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (this.image, this.width) = (image, width);
        Classes = LabelCheck.ClassCount(classes);
        var stages = Dcgan.Stages(image);
        var channels = Dcgan.Channels(width, stages);
        smallestShape = [channels, image.Height >> stages, image.Width >> stages];
        project = Linear(latentSize + (classes ?? 0), smallestShape[0] * smallestShape[1] * smallestShape[2], hasBias: false);
        var layers = new List<(string, Module<Tensor, Tensor>)> { ("norm0", BatchNorm2d(channels)), ("activation0", ReLU()) };
        for (var stage = stages - 1; stage >= 1; stage--)
        {
            var index = stages - stage;
            var next = Dcgan.Channels(width, stage);
            layers.Add(($"up{index}", ConvTranspose2d(channels, next, 4, stride: 2, padding: 1, bias: false)));
            layers.Add(($"norm{index}", BatchNorm2d(next)));
            layers.Add(($"activation{index}", ReLU()));
            channels = next;
        }
        layers.Add(("output", ConvTranspose2d(channels, image.Channels, 4, stride: 2, padding: 1)));
        layers.Add(("squash", Tanh()));
        body = Sequential(layers);
        RegisterComponents();
        Dcgan.Initialize(this);
    }

    /// <inheritdoc/>
    public override int? Classes { get; }

    /// <inheritdoc/>
    public override bool TakesMixtures => Classes is not null;

    /// <inheritdoc/>
    public override Tensor forward(Tensor latents, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(latents);
        var codes = Classes is { } classes ? ClassVectors.Append(latents, labels, classes) : latents;
        return body.call(project.call(codes).view([latents.shape[0], .. smallestShape]));
    }

    /// <inheritdoc/>
    public override GeneratorNetwork CloneArchitecture() => new DcganGenerator(image, Prior.Size, width, Prior, Classes);
}
