using static TorchSharp.torch;

namespace GanSharp.Optimization.Averages;

/// <summary>The weight of each time t in a power-function average at time T: (γ + 1) t^γ / T^(γ + 1) up to T, 0 after it (Karras et al. 2024).</summary>
/// <param name="Exponent">γ, at least 0.</param>
/// <param name="Time">T, in images, above 0.</param>
internal readonly record struct PowerProfile(double Exponent, double Time)
{
    /// <summary>The inner product ∫ p q dt of two profiles (their appendix C.2).</summary>
    public double Dot(PowerProfile other)
    {
        var (first, last) = Time <= other.Time ? (this, other) : (other, this);
        return (Exponent + 1) * (other.Exponent + 1) * Math.Pow(first.Time / last.Time, last.Exponent) / ((Exponent + other.Exponent + 1) * last.Time);
    }

    /// <summary>The weights of other profiles whose sum is nearest to a profile in the mean square, scaled to add up to 1 so that what never changed stays what it is.</summary>
    /// <returns>The weights, and the length of the difference relative to the profile's.</returns>
    public static (double[] Weights, double RelativeError) Approximate(PowerProfile target, IReadOnlyList<PowerProfile> profiles)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var count = profiles.Count;
        var products = new double[count * count];
        for (var row = 0; row < count; row++)
            for (var column = 0; column < count; column++)
                products[row * count + column] = profiles[row].Dot(profiles[column]);
        var toTarget = profiles.Select(profile => profile.Dot(target)).ToArray();
        // Not solve: profiles of neighboring times are almost the same, and two that are the same must not fail.
        var solution = linalg.lstsq(tensor(products, [count, count], ScalarType.Float64), tensor(toTarget, [count, 1], ScalarType.Float64)).Solution;
        var weights = solution.data<double>().ToArray();
        var sum = weights.Sum();
        for (var index = 0; index < count; index++)
            weights[index] /= sum;
        var (own, squares) = (target.Dot(target), 0.0);
        for (var row = 0; row < count; row++)
            squares += weights[row] * (Enumerable.Range(0, count).Sum(column => products[row * count + column] * weights[column]) - 2 * toTarget[row]);
        // Rounding may leave less than nothing of a perfect match.
        return (weights, Math.Sqrt(Math.Max(0, own + squares) / own));
    }
}
