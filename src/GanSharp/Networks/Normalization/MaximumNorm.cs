using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Normalization;

/// <summary>
/// A linear layer whose units have incoming weights of a limited Euclidean norm (Srebro and Shraibman 2005; with dropout, Hinton et al. 2012): weights w beyond it count as w · limit / ‖w‖. In the
/// papers they are set back after each update; here they are scaled at each pass, which gives the same function and no gradient along w.
/// </summary>
public sealed class MaximumNorm : Module<Tensor, Tensor>
{
    private readonly LinearMap map;
    private readonly Parameter weight;
    private readonly Parameter? bias;

    /// <summary>Takes over a layer's weights; the layer is disposed.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="limit">Largest norm of a unit's weights, finite and above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> isn't finite and above 0.</exception>
    public MaximumNorm(Linear layer, double limit)
        : base(nameof(MaximumNorm))
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (!(limit > 0 && double.IsFinite(limit)))
            throw new ArgumentOutOfRangeException(nameof(limit), limit, "limit must be finite and above 0.");
        Limit = limit;
        (map, weight, bias) = LinearMap.Of(layer);
        RegisterComponents();
    }

    /// <summary>Largest norm of a unit's weights.</summary>
    public double Limit { get; }

    /// <summary>The layer's output.</summary>
    /// <param name="input">Float tensor of shape [N, values in].</param>
    /// <returns>Shape [N, units].</returns>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var scope = NewDisposeScope();
        // Clamped before the root, so that weights within the limit have no factor in their gradient.
        var norms = weight.square().sum([1], keepdim: true).clamp_min(Limit * Limit).sqrt();
        return map.Apply(input, weight * (Limit / norms), bias).MoveToOuterDisposeScope();
    }
}
