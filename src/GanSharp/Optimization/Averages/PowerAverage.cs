namespace GanSharp.Optimization.Averages;

/// <summary>
/// A power-function average (Karras et al. 2024, "Analyzing and improving the training dynamics of diffusion models", section 3): θ̂ ← β θ̂ + (1 − β) θ with β = (1 − 1/t)^(γ + 1) at update t.
/// Step i of t has the weight (i^(γ + 1) − (i − 1)^(γ + 1)) / t^(γ + 1): at every time the average covers the same share of the training so far, and the random start has no part in it. From saved snapshots of two of
/// different widths, averages of other widths can be reconstructed after training (<c>PostHocAverage</c>).
/// </summary>
public sealed record PowerAverage : AverageOptions
{
    // The width of γ = 0, where every step so far has the same weight.
    private static readonly double Widest = 1 / Math.Sqrt(12);

    /// <summary>Sets the width.</summary>
    /// <param name="relativeWidth">
    /// σ_rel, the standard deviation of the weights' profile over time as a share of the training time, above 0 and at most 1/√12 = 0.28867. Track 0.05 and 0.1, as the paper does, to reconstruct others.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="relativeWidth"/> isn't above 0 and at most 1/√12.</exception>
    public PowerAverage(double relativeWidth)
    {
        if (!IsWidth(relativeWidth))
            throw new ArgumentOutOfRangeException(nameof(relativeWidth), relativeWidth, "relativeWidth must be above 0 and at most 1/√12 = 0.28867, where every step so far has the same weight.");
        RelativeWidth = relativeWidth;
        Exponent = ExponentOf(relativeWidth);
    }

    /// <summary>σ_rel.</summary>
    public double RelativeWidth { get; }

    /// <summary>γ, at least 0, for which √(γ + 1) / ((γ + 2) √(γ + 3)) = σ_rel: 16.97 for 0.05, 6.94 for 0.1.</summary>
    public double Exponent { get; }

    private protected override string DefaultName => FormattableString.Invariant($"power {RelativeWidth}");

    /// <summary>Whether a number is a width that an average can have.</summary>
    internal static bool IsWidth(double relativeWidth) => relativeWidth > 0 && relativeWidth <= Widest;

    internal override double Keep(double batchSize, double imagesSeen) => Math.Pow(1 - batchSize / imagesSeen, Exponent + 1);

    /// <summary>The width falls as the exponent rises, below 1/(γ + 2), so bisection finds it to the last bits.</summary>
    private static double ExponentOf(double width)
    {
        var (low, high) = (0.0, 1 / width);
        while (true)
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high)
                return middle;
            if (Math.Sqrt(middle + 1) / ((middle + 2) * Math.Sqrt(middle + 3)) > width)
                low = middle;
            else
                high = middle;
        }
    }
}
