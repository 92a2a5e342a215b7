using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Parameter = TorchSharp.Modules.Parameter;

namespace GanSharp.Networks.Normalization;

/// <summary>
/// A layer whose weight is divided by its largest singular value, so that it stretches no vector: W / σ(W) with σ = uᵀWv (Miyato et al. 2018,
/// "Spectral Normalization for Generative Adversarial Networks"). A discriminator made of such layers and of ReLUs is Lipschitz.
/// <code>
/// body = Sequential(
///     ("conv", new SpectralNorm(Conv2d(3, 64, 3, padding: 1))), ("activation", ReLU()),
///     …);
/// </code>
/// </summary>
/// <remarks>
/// <para>Parameters are <c>weight</c> and <c>bias</c>; the singular vectors <c>u</c> and <c>v</c> are buffers, so that checkpoints hold them and a resumed run goes on bit for bit.
/// A pass in training mode first improves them by power iteration; one in evaluation mode leaves them as they are. The gradient flows through σ, with u and v held fixed: as in
/// PyTorch's <c>torch.nn.utils.parametrizations.spectral_norm</c>, whose values, gradients and vectors the tests compare.</para>
/// <para>σ is computed in the buffers' type: in mixed precision, the weight is bfloat16 but σ is float32. An average of weights (EMA) averages u and v too;
/// in evaluation mode they are brought back to length 1.</para>
/// </remarks>
public sealed class SpectralNorm : Module<Tensor, Tensor>, INormalizedLayer, ILipschitzConstraint
{
    // As torch's: enough for σ to be near its final value before the first step.
    private const int FirstIterations = 15;
    private const double SmallestLength = 1e-12;

    // RegisterComponents registers the fields under their names, and a conversion replaces them.
    private readonly Parameter weight;
    private readonly Parameter? bias;
    private readonly Tensor u, v;
    private readonly LinearMap map;
    private readonly int powerIterations;

    /// <summary>Normalizes a fully connected layer.</summary>
    /// <param name="layer">The layer, whose weights are taken over; it is disposed and must not be used on.</param>
    /// <param name="powerIterations">Power iterations in each pass in training mode, at least 1. Default 1, as in the paper: weights change little in a step.</param>
    /// <exception cref="ArgumentException">Every weight is 0, so that there is nothing to divide by.</exception>
    public SpectralNorm(Linear layer, int powerIterations = 1)
        : this(LinearMap.Of(layer), powerIterations)
    {
    }

    /// <summary>Normalizes a convolution. Its weight counts as a matrix with a row for each output channel, as in the paper.</summary>
    /// <exception cref="ArgumentException">Every weight is 0, or the layer pads by a rule or with other values than zeros.</exception>
    /// <inheritdoc cref="SpectralNorm(Linear, int)"/>
    public SpectralNorm(Conv2d layer, int powerIterations = 1)
        : this(LinearMap.Of(layer), powerIterations)
    {
    }

    /// <summary>Normalizes a transposed convolution. Its weight counts as a matrix with a row for each output channel.</summary>
    /// <inheritdoc cref="SpectralNorm(Linear, int)"/>
    public SpectralNorm(ConvTranspose2d layer, int powerIterations = 1)
        : this(LinearMap.Of(layer), powerIterations)
    {
    }

    /// <summary>Normalizes a table of vectors for classes, such as a projection discriminator's (Miyato and Koyama 2018). The input is int64 labels.</summary>
    /// <inheritdoc cref="SpectralNorm(Linear, int)"/>
    public SpectralNorm(Embedding layer, int powerIterations = 1)
        : this(LinearMap.Of(layer), powerIterations)
    {
    }

    /// <summary>Normalizes a map whose parameters it takes over.</summary>
    internal SpectralNorm((LinearMap Map, Parameter Weight, Parameter? Bias) layer, int powerIterations = 1)
        : base(nameof(SpectralNorm))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(powerIterations, 1);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        (map, weight, bias, this.powerIterations) = (layer.Map, layer.Weight, layer.Bias, powerIterations);
        if (weight.count_nonzero().item<long>() == 0)
            throw new ArgumentException("layer must have a weight that isn't 0, because it is divided by its largest singular value.", nameof(layer));
        var matrix = map.Matrix(weight);
        Tensor Random(long size) => Unit(randn(size, dtype: weight.dtype, device: weight.device));
        (u, v) = Iterate(matrix, Random(matrix.shape[0]), Random(matrix.shape[1]), FirstIterations);
        u.DetachFromDisposeScope();
        v.DetachFromDisposeScope();
        RegisterComponents();
    }

    LinearMap INormalizedLayer.Map => map;

    Tensor INormalizedLayer.NormalizedWeight() => NormalizedWeight();

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var scope = NewDisposeScope();
        return map.Apply(input, NormalizedWeight(), bias).MoveToOuterDisposeScope();
    }

    private Tensor NormalizedWeight()
    {
        using var scope = NewDisposeScope();
        var values = weight.to(u.dtype);
        var matrix = map.Matrix(values);
        var (left, right) = SingularVectors(matrix);
        var sigma = left.dot(matrix.mv(right));
        return (values / sigma).to(weight.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Copies for the graph: the buffers change in the next pass, which may come before this one's backward.</summary>
    private (Tensor Left, Tensor Right) SingularVectors(Tensor matrix)
    {
        using var frozen = no_grad();
        if (!training)
            return (Unit(u), Unit(v));
        var (left, right) = Iterate(matrix, u, v, powerIterations);
        u.copy_(left);
        v.copy_(right);
        return (left, right);
    }

    private static (Tensor Left, Tensor Right) Iterate(Tensor matrix, Tensor left, Tensor right, int iterations)
    {
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            left = Unit(matrix.mv(right));
            right = Unit(matrix.t().mv(left));
        }
        return (left, right);
    }

    private static Tensor Unit(Tensor vector) => vector / vector.norm().clamp(min: SmallestLength);
}
