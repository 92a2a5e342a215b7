namespace GanSharp.Estimates;

/// <summary>The two-sided 95% quantile of Student's t distribution, for a mean of few independent terms.</summary>
internal static class StudentQuantile
{
    /// <summary>By the expansion around the normal quantile (Abramowitz and Stegun 26.7.5), which is within 0.5% of the quantile from three degrees of freedom on.</summary>
    /// <param name="degreesOfFreedom">ν, at least 3; infinite for the normal quantile.</param>
    public static double Of(double degreesOfFreedom)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degreesOfFreedom, 3);
        const double Z = Estimate.NormalQuantile;
        double Power(int exponent) => Math.Pow(Z, exponent);
        double[] terms =
        [
            Z,
            (Power(3) + Z) / 4,
            (5 * Power(5) + 16 * Power(3) + 3 * Z) / 96,
            (3 * Power(7) + 19 * Power(5) + 17 * Power(3) - 15 * Z) / 384,
            (79 * Power(9) + 776 * Power(7) + 1482 * Power(5) - 1920 * Power(3) - 945 * Z) / 92_160,
        ];
        return terms.Index().Sum(term => term.Item / Math.Pow(degreesOfFreedom, term.Index));
    }
}
