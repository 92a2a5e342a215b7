using GanSharp.Networks;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>l(x) = c₀ + c₁ x + c₂ x²: it can represent D* exactly where p_d and p_g are normal.</summary>
internal sealed class QuadraticDiscriminator : DiscriminatorNetwork
{
    private readonly Parameter coefficients;

    public QuadraticDiscriminator(params double[] coefficients)
        : base(nameof(QuadraticDiscriminator))
    {
        using var scope = NewDisposeScope();
        this.coefficients = new Parameter(tensor(coefficients));
        this.coefficients.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>ln N(x; 0, 1) − ln N(x; mean, standardDeviation²).</summary>
    public static double[] LogRatio(double mean, double standardDeviation)
    {
        var variance = standardDeviation * standardDeviation;
        return [Math.Log(standardDeviation) + mean * mean / (2 * variance), -mean / variance, (1 / variance - 1) / 2];
    }

    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
    {
        var x = samples.squeeze(1);
        return coefficients[0] + coefficients[1] * x + coefficients[2] * x.square();
    }
}
