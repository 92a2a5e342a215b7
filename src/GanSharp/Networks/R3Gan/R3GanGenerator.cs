using GanSharp.Data.Images;
using GanSharp.Networks.Resampling;
using GanSharp.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.R3Gan;

/// <summary>
/// The generator of R3GAN (Huang et al. 2024, "The GAN is dead; long live the GAN! A modern GAN baseline"): <see cref="GenerativeBasis"/>, then residual blocks
/// (<see cref="R3GanBlock"/>) between bilinear doublings, and a 1 × 1 convolution to the image. It has no norm, no noise and no style; the paper trains it with
/// <c>TrainingOptions.RegularizedRelativistic</c>.
/// </summary>
/// <remarks>
/// <para>Samples are not bounded, as in the authors' code: a tanh is left out, and a trained network stays near [−1, 1] by itself. Pictures clamp.</para>
/// <para>
/// It computes what the authors' code (github.com/brownvc/R3GAN, R3GAN/Networks.py) computes, with these differences: one precision for all maps, no CUDA kernels of its own, resampling by
/// matrix products (<see cref="BilinearResampling"/>), a smallest map of other sides than 4 × 4 where the image asks for it (7 × 7 for 28 × 28), any number of image channels, a table for
/// the classes in place of one-hot vectors and a linear layer, and by default fewer channels and blocks (<see cref="R3GanOptions"/>).
/// </para>
/// </remarks>
public sealed class R3GanGenerator : GeneratorNetwork
{
    private readonly Module<Tensor, Tensor> body;
    private readonly Embedding? embedding;
    private readonly Func<R3GanGenerator> cloneArchitecture;

    /// <summary>A generator of images, for values around [−1, 1].</summary>
    /// <param name="image">Shape of an image: at least 1 channel, sides of at least 4. They are halved while whole and at least 4, so sides with few factors of 2 cost more.</param>
    /// <param name="latentSize">Length of z. Default 64, as in the authors' code.</param>
    /// <param name="options">Size of the network; the defaults where null.</param>
    /// <param name="classes">Number of classes, at least 1; null (the default) for an unconditional network. A learned vector of the class, as long as z, is joined to z.</param>
    /// <param name="prior">p(z), of size <paramref name="latentSize"/>; standard normal where null, as in the authors' code.</param>
    /// <exception cref="ArgumentException">The image isn't supported, the prior has another size, or options are invalid; the message lists all that are.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is below 1.</exception>
    public R3GanGenerator(ImageShape image, int latentSize = 64, R3GanOptions? options = null, int? classes = null, LatentPrior? prior = null)
        : base(nameof(R3GanGenerator), MlpGenerator.PriorOf(latentSize, prior))
    {
        if (classes is { } count)
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(classes));
        options ??= new R3GanOptions();
        var maps = options.Maps(image, nameof(image)).Reverse().ToArray();
        Classes = classes;
        cloneArchitecture = () => new R3GanGenerator(image, latentSize, options, classes, Prior);
        embedding = classes is null ? null : Embedding(classes.Value, latentSize).Scaled();
        var layers = new List<(string, Module<Tensor, Tensor>)>
        {
            ("basis", new GenerativeBasis(classes is null ? latentSize : 2 * latentSize, maps[0].Channels, maps[0].Height, maps[0].Columns)),
        };
        for (var level = 0; level < maps.Length; level++)
        {
            var map = maps[level];
            if (level > 0)
                layers.AddRange(R3GanLayers.Doubling(maps[level - 1], map));
            layers.AddRange(R3GanLayers.Blocks(map, options, maps.Length));
        }
        layers.Add(("output", Conv2d(maps[^1].Channels, image.Channels, 1, bias: false).Scaled()));
        body = Sequential(layers);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int? Classes { get; }

    /// <inheritdoc/>
    public override bool TakesMixtures => Classes is not null;

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException">The latents, or the labels of a conditional network, are null.</exception>
    public override Tensor forward(Tensor latents, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(latents);
        if (embedding is null)
            return body.call(latents);
        return body.call(cat([latents, ClassVectors.LookUp(embedding, labels)], 1));
    }

    /// <inheritdoc/>
    public override GeneratorNetwork CloneArchitecture() => cloneArchitecture();
}
