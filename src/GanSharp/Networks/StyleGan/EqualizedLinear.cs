using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.StyleGan;

/// <summary>
/// A linear layer with an equalized learning rate (Karras et al. 2018): weights are kept as N(0, 1) and divided by √inputs when they are used, so that Adam, whose steps have the same length
/// for every weight, changes all layers by the same share of their scale.
/// </summary>
public sealed class EqualizedLinear : Module<Tensor, Tensor>
{
    private readonly Parameter weight, bias;
    private readonly double scale, multiplier;

    internal double Scale => scale;

    internal double Multiplier => multiplier;

    /// <summary>A layer that keeps the variance of its inputs.</summary>
    /// <param name="inputs">Values of an input, at least 1.</param>
    /// <param name="outputs">Values of an output, at least 1.</param>
    /// <param name="initialBias">Bias at the start. Default 0.</param>
    /// <param name="rateMultiplier">Factor of the layer's learning rate, above 0: their values are kept divided by it. Default 1; StyleGAN2 takes 0.01 in its mapping network.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="inputs"/> or <paramref name="outputs"/> is below 1, or <paramref name="rateMultiplier"/> isn't finite and above 0.</exception>
    public EqualizedLinear(int inputs, int outputs, double initialBias = 0, double rateMultiplier = 1)
        : base(nameof(EqualizedLinear))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        if (!(rateMultiplier > 0 && double.IsFinite(rateMultiplier)))
            throw new ArgumentOutOfRangeException(nameof(rateMultiplier), rateMultiplier, "rateMultiplier must be finite and above 0.");
        (scale, multiplier) = (rateMultiplier / Math.Sqrt(inputs), rateMultiplier);
        weight = Equalized.Weight([outputs, inputs], rateMultiplier);
        bias = Equalized.Constant(outputs, initialBias / rateMultiplier);
        RegisterComponents();
    }

    /// <summary>W x + b.</summary>
    /// <param name="features">Tensor of shape [N, inputs].</param>
    /// <returns>Tensor of shape [N, outputs].</returns>
    public override Tensor forward(Tensor features) => functional.linear(features, weight * scale, multiplier == 1 ? bias : bias * multiplier);
}
