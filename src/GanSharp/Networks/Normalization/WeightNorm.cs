using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Parameter = TorchSharp.Modules.Parameter;

namespace GanSharp.Networks.Normalization;

/// <summary>
/// A layer whose weight is given by length and direction: w = g · v / ‖v‖ for each output channel (Salimans and Kingma 2016, "Weight Normalization").
/// Unlike batch norm, the output for a sample doesn't depend on its batch, so it is allowed in a discriminator.
/// </summary>
/// <remarks>
/// Parameters are <c>g</c>, <c>v</c> and <c>bias</c>. At first the weight is the layer's own; the paper's initialization from a batch of data isn't done.
/// In bfloat16 the length is computed in float32.
/// </remarks>
public sealed class WeightNorm : Module<Tensor, Tensor>, INormalizedLayer
{
    // RegisterComponents registers the fields under their names, and a conversion replaces them.
    private readonly Parameter g, v;
    private readonly Parameter? bias;
    private readonly LinearMap map;

    /// <summary>Normalizes a fully connected layer.</summary>
    /// <param name="layer">The layer, whose weights are taken over; it is disposed and must not be used on.</param>
    /// <exception cref="ArgumentException">The weights of an output are all 0 and so have no direction.</exception>
    public WeightNorm(Linear layer)
        : this(LinearMap.Of(layer))
    {
    }

    /// <summary>Normalizes a convolution.</summary>
    /// <exception cref="ArgumentException">The weights of an output are all 0, or the layer pads by a rule or with other values than zeros.</exception>
    /// <inheritdoc cref="WeightNorm(Linear)"/>
    public WeightNorm(Conv2d layer)
        : this(LinearMap.Of(layer))
    {
    }

    /// <summary>Normalizes a transposed convolution, for each of its output channels (PyTorch's <c>weight_norm</c> with <c>dim=1</c>).</summary>
    /// <inheritdoc cref="WeightNorm(Linear)"/>
    public WeightNorm(ConvTranspose2d layer)
        : this(LinearMap.Of(layer))
    {
    }

    private WeightNorm((LinearMap Map, Parameter Weight, Parameter? Bias) layer)
        : base(nameof(WeightNorm))
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        (map, v, bias) = (layer.Map, layer.Weight, layer.Bias);
        var lengths = Lengths(v);
        if (lengths.eq(0).any().item<bool>())
            throw new ArgumentException("layer must have a weight that isn't 0 for every output, because zeros have no direction.", nameof(layer));
        g = new Parameter(lengths.clone());
        g.DetachFromDisposeScope();
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
        static Tensor Exact(Tensor values) => values.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? values.to(ScalarType.Float32) : values;
        var (length, direction) = (Exact(g), Exact(v));
        return (direction * (length / Lengths(direction))).to(v.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>‖v‖ of each output channel, of a shape that broadcasts over the weight.</summary>
    private Tensor Lengths(Tensor direction) =>
        direction.square().sum([.. Enumerable.Range(0, (int)direction.dim()).Where(dimension => dimension != map.OutputDimension).Select(dimension => (long)dimension)], keepdim: true).sqrt();
}
