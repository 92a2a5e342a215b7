using GanSharp.Data.Images;
using GanSharp.Networks.Normalization;
using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Classic;

/// <summary>
/// The discriminator of the first GAN (Goodfellow et al. 2014) as in its published code for MNIST: two <see cref="Maxout"/> layers and one linear unit, with dropout before each layer. Returns a logit;
/// all weights start uniform on [−0.005, 0.005], biases at 0. Inputs of any shape are flattened; images in [−1, 1] are first brought to the paper's [0, 1].
/// </summary>
/// <remarks>
/// <para>Its generator is <see cref="Goodfellow2014Generator"/>; the optimizer of both <c>SgdOptions</c> with momentum 0.5, at 0.1 for G and 0.05 for D, whose published loss is half of ours, and the batch size 100.</para>
/// <para>Dropout draws from torch's global random generator of the device, in training mode only. Checkpoints hold the state of the CPU's, so a resumed run goes on bit for bit there;
/// on a GPU it goes on with other masks. With dropout, D's logits in training differ from those that diagnostics see.</para>
/// </remarks>
public sealed class MaxoutDiscriminator : DiscriminatorNetwork
{
    private const double InitialRange = 0.005;
    private readonly Module<Tensor, Tensor> body;
    private readonly bool isImage;

    /// <summary>A discriminator of images with values in [−1, 1], whose layers see them in [0, 1].</summary>
    /// <param name="image">Shape of an image; the paper's are 1 × 28 × 28.</param>
    /// <param name="width">Units of each maxout layer, at least 1. Default 240, as published.</param>
    /// <param name="pieces">Linear functions of each unit, at least 1. Default 5, as published.</param>
    /// <param name="inputDropout">Probability with which a pixel is dropped, in [0, 1). Default 0.2: 0.8 are kept, as published.</param>
    /// <param name="hiddenDropout">Likewise for a hidden unit, in [0, 1). Default 0.5, as published.</param>
    /// <param name="classes">Number of classes, whose one-hot code is appended to the image (Mirza and Osindero 2014); labels must then be given. Null (the default) for an unconditional network.</param>
    /// <param name="maximumNorm">Largest norm of a unit's incoming weights (<see cref="MaximumNorm"/>). Null (the default) for no limit, as published; the classifier of the maxout paper (Goodfellow et al. 2013) has 1.9365.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="width"/>, <paramref name="pieces"/> or <paramref name="classes"/> is below 1, a dropout isn't at least 0 and below 1, or <paramref name="maximumNorm"/> isn't finite and above 0.</exception>
    public MaxoutDiscriminator(ImageShape image, int width = 240, int pieces = 5, double inputDropout = 0.2, double hiddenDropout = 0.5, int? classes = null, double? maximumNorm = null)
        : this(image.Size, width, pieces, inputDropout, hiddenDropout, classes, maximumNorm) => isImage = true;

    /// <summary>A discriminator of samples with <paramref name="inputSize"/> values, taken as they are.</summary>
    /// <param name="inputSize">Values in one sample: coordinates of a point, or channels × height × width of an image.</param>
    /// <param name="width">Units of each maxout layer, at least 1. Default 240, as published.</param>
    /// <param name="pieces">Linear functions of each unit, at least 1. Default 5, as published.</param>
    /// <param name="inputDropout">Probability with which a value of the sample is dropped, in [0, 1). Default 0.2: 0.8 are kept, as published.</param>
    /// <param name="hiddenDropout">The same probability for a hidden unit, in [0, 1). Default 0.5, as published.</param>
    /// <param name="classes">Number of classes, whose one-hot code is appended to the sample (Mirza and Osindero 2014); labels must then be given. Null (the default) for an unconditional network.</param>
    /// <param name="maximumNorm">Largest norm of a unit's incoming weights (<see cref="MaximumNorm"/>). Null (the default) for no limit, as published; the classifier of the maxout paper (Goodfellow et al. 2013) has 1.9365.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="inputSize"/>, <paramref name="width"/>, <paramref name="pieces"/> or <paramref name="classes"/> is below 1, a dropout isn't at least 0 and below 1, or <paramref name="maximumNorm"/> isn't finite and above 0.</exception>
    public MaxoutDiscriminator(int inputSize, int width = 240, int pieces = 5, double inputDropout = 0.2, double hiddenDropout = 0.5, int? classes = null, double? maximumNorm = null)
        : base(nameof(MaxoutDiscriminator))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ThrowIfNoProbability(inputDropout, nameof(inputDropout));
        ThrowIfNoProbability(hiddenDropout, nameof(hiddenDropout));
        Classes = LabelCheck.ClassCount(classes);
        body = Sequential(
            ("dropout0", Dropout(inputDropout)), ("maxout0", new Maxout(inputSize + (classes ?? 0), width, pieces, maximumNorm)),
            ("dropout1", Dropout(hiddenDropout)), ("maxout1", new Maxout(width, width, pieces, maximumNorm)),
            ("dropout2", Dropout(hiddenDropout)), ("output", maximumNorm is { } limit ? new MaximumNorm(Linear(width, 1), limit) : Linear(width, 1)));
        RegisterComponents();
        UniformWeights.Start(this, InitialRange);
    }

    /// <inheritdoc/>
    public override int? Classes { get; }

    /// <inheritdoc/>
    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var flat = isImage ? (samples.flatten(1) + 1) / 2 : samples.flatten(1);
        return body.call(Classes is { } classes ? ClassVectors.Append(flat, labels, classes) : flat).squeeze(1);
    }

    private static void ThrowIfNoProbability(double value, string name)
    {
        if (!(value is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must lie in [0, 1), 1 excluded.");
    }
}
