using GanSharp.Data;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics;

/// <summary>
/// Integrals over the union of two supports by the trapezoidal rule, which converges exponentially for smooth integrands that vanish
/// at the ends (Trefethen and Weideman 2014).
/// </summary>
internal sealed class Quadrature
{
    // A tenth of the narrowest standard deviation in 1-D gives 1e-12 for the reference pairs; a third gives 1e-9 in 2-D at a tenth of the points.
    private const double StepsPerScaleOnLine = 10, StepsPerScaleInPlane = 4;
    private const long LargestGrid = 64_000_000;
    private readonly IDensity data, generator;
    private readonly (double Start, double Step, long Count)[] axes;

    public Quadrature(IDensity data, IDensity generator)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(generator);
        if (data.Dimension != generator.Dimension)
            throw new ArgumentException($"generator must have the data's dimension {data.Dimension} but has {generator.Dimension}.", nameof(generator));
        if (data.Dimension > 2)
            throw new NotSupportedException($"Quadrature is for 1 or 2 dimensions but the densities have {data.Dimension}; use a Monte Carlo estimate.");
        (this.data, this.generator) = (data, generator);
        var step = Math.Min(data.FinestScale, generator.FinestScale) / (data.Dimension == 1 ? StepsPerScaleOnLine : StepsPerScaleInPlane);
        axes = [.. data.Support.Zip(generator.Support, (p, q) =>
        {
            var start = Math.Min(p.Lower, q.Lower);
            return (start, step, (long)Math.Ceiling((Math.Max(p.Upper, q.Upper) - start) / step) + 1);
        })];
        var points = axes.Aggregate(1L, (product, axis) => checked(product * axis.Count));
        if (points > LargestGrid)
            throw new NotSupportedException($"Quadrature at the finest scale {step:g3} would take {points:N0} points, more than {LargestGrid:N0}; use a Monte Carlo estimate.");
    }

    /// <summary>½ ∫ p ln(2p / (p + q)) + q ln(2q / (p + q)) (eq. 15).</summary>
    public double JensenShannon() => Integrate((logP, logQ) =>
    {
        var logSum = logaddexp(logP, logQ);
        return (Term(logP, logSum) + Term(logQ, logSum)) / 2;
    });

    private static Tensor Term(Tensor logDensity, Tensor logSum) => logDensity.exp() * (logDensity - logSum + Math.Log(2));

    private double Integrate(Func<Tensor, Tensor, Tensor> integrand)
    {
        var cell = axes.Aggregate(1.0, (product, axis) => product * axis.Step);
        double total = 0;
        // One row at a time bounds memory in the plane; on the line there is one row.
        var rows = axes.Length == 1 ? 1 : axes[1].Count;
        for (long row = 0; row < rows; row++)
        {
            using var scope = NewDisposeScope();
            var line = arange(0, axes[0].Count, ScalarType.Float64) * axes[0].Step + axes[0].Start;
            var points = axes.Length == 1
                ? line.unsqueeze(1)
                : stack([line, full_like(line, axes[1].Start + row * axes[1].Step)], 1);
            total += integrand(data.LogDensity(points), generator.LogDensity(points)).sum().item<double>();
        }
        return total * cell;
    }
}
