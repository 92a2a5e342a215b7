using static TorchSharp.torch;

namespace GanSharp.Data.Distributions;

/// <summary>A distribution whose density can be evaluated, so that divergences can be computed instead of estimated.</summary>
public interface IDensity
{
    /// <summary>Number of coordinates of a sample.</summary>
    int Dimension { get; }

    /// <summary>ln p(x).</summary>
    /// <param name="samples">Tensor of shape [N, <see cref="Dimension"/>].</param>
    /// <returns>Float64 tensor of shape [N], in nats.</returns>
    Tensor LogDensity(Tensor samples);

    /// <summary>For each coordinate, an interval that holds all but a negligible part (below 1e-16) of the mass.</summary>
    IReadOnlyList<(double Lower, double Upper)> Support { get; }

    /// <summary>The smallest length over which the density changes (a standard deviation); quadrature steps are a fraction of it.</summary>
    double FinestScale { get; }
}
