using GanSharp.Divergences;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Calibration;

/// <summary>
/// Platt's calibration: the scale and shift of the logits that maximize the likelihood on samples set aside for the fit (Platt 1999).
/// The bound of <see cref="JensenShannon"/> holds for any function of x, so calibrated logits also bound the divergence from below,
/// as long as the bound is computed on other samples than the fit.
/// </summary>
/// <param name="Scale">Factor of the logit. Below 0 if generated samples have the larger logits, that is, if D is reversed.</param>
/// <param name="Shift">Added after the factor.</param>
public readonly record struct PlattScaling(double Scale, double Shift)
{
    /// <summary>Whether the fit reached its optimum; true for values that you set.</summary>
    public bool HasConverged { get; init; } = true;

    /// <summary>
    /// Fits scale and shift by logistic regression with both classes weighted equally. The targets are Platt's, (N + 1) / (N + 2) for N real samples and
    /// 1 / (M + 2) for M generated ones, which keep the optimum finite where the logits separate the classes.
    /// </summary>
    /// <param name="real">Logits of real samples, shape [N], N ≥ 1.</param>
    /// <param name="fake">Logits of generated samples, shape [M], M ≥ 1.</param>
    /// <returns>The fit: a scale of 0 where all logits are equal, since they are then uninformative; NaN and not converged where one is NaN or infinite.</returns>
    /// <exception cref="ArgumentException">There are no samples on one side.</exception>
    public static PlattScaling Fit(Tensor real, Tensor fake)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(fake);
        return PlattFit.Solve(Read(real, nameof(real)), Read(fake, nameof(fake)));
    }

    /// <summary>Scale · logits + Shift.</summary>
    /// <param name="logits">Logits, of any shape.</param>
    /// <returns>Tensor of the logits' shape and type.</returns>
    public Tensor Apply(Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        using var scope = NewDisposeScope();
        return (logits.to(ScalarType.Float64) * Scale + Shift).MoveToOuterDisposeScope();
    }

    private static double[] Read(Tensor logits, string name)
    {
        using var scope = NewDisposeScope();
        var values = logits.to(ScalarType.Float64).to(CPU).flatten().data<double>().ToArray();
        return values.Length > 0 ? values : throw new ArgumentException($"{name} must hold at least one logit but is empty.", name);
    }
}
