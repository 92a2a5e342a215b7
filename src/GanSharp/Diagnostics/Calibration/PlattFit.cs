namespace GanSharp.Diagnostics.Calibration;

/// <summary>
/// The scale and shift of <see cref="PlattScaling"/>: Newton's method with a line search on the logistic loss, which is convex (Lin, Lin and Weng 2007).
/// </summary>
internal sealed class PlattFit
{
    private readonly Side[] sides;

    private PlattFit(Side[] sides) => this.sides = sides;

    public static PlattScaling Solve(double[] real, double[] fake)
    {
        double[] sorted = [.. real, .. fake];
        Array.Sort(sorted);
        if (!(double.IsFinite(sorted[0]) && double.IsFinite(sorted[^1])))
            return new PlattScaling(double.NaN, double.NaN) { HasConverged = false };
        // Newton's method needs inputs of order 1, and one outlier must not determine the scale.
        var (low, center, high) = (sorted[(sorted.Length - 1) / 100], sorted[sorted.Length / 2], sorted[sorted.Length - 1 - (sorted.Length - 1) / 100]);
        var spread = (high > low ? high - low : sorted[^1] / 2 - sorted[0] / 2) / 4;
        if (!(spread > 0))
            return new PlattScaling(0, 0);
        var fit = new PlattFit([new Side(real, 1, center, spread), new Side(fake, 0, center, spread)]);
        var (scale, shift, converged) = fit.Minimize();
        return new PlattScaling(scale / spread, shift - scale * center / spread) { HasConverged = converged };
    }

    private (double Scale, double Shift, bool HasConverged) Minimize()
    {
        const int MostIterations = 200, MostHalvings = 40;
        // Below this the loss, which is accurate to about 1e-16, can't guide a line search; a full Newton step squares the remaining error.
        const double Ridge = 1e-12, LeastDecrement = 1e-12, SufficientShare = 1e-4;
        double scale = 0, shift = 0;
        var loss = Loss(scale, shift);
        for (var iteration = 0; iteration < MostIterations; iteration++)
        {
            var (slopeScale, slopeShift, curvature11, curvature12, curvature22) = Derivatives(scale, shift);
            (curvature11, curvature22) = (curvature11 * (1 + Ridge) + Ridge, curvature22 * (1 + Ridge) + Ridge);
            var determinant = curvature11 * curvature22 - curvature12 * curvature12;
            var stepScale = (curvature22 * slopeScale - curvature12 * slopeShift) / determinant;
            var stepShift = (curvature11 * slopeShift - curvature12 * slopeScale) / determinant;
            var decrement = slopeScale * stepScale + slopeShift * stepShift;
            if (decrement <= LeastDecrement)
                return (scale - stepScale, shift - stepShift, decrement >= -LeastDecrement);
            var share = 1.0;
            double next;
            for (var halving = 0; !((next = Loss(scale - share * stepScale, shift - share * stepShift)) <= loss - SufficientShare * share * decrement); halving++, share /= 2)
                if (halving == MostHalvings)
                    return (scale, shift, false);
            (scale, shift, loss) = (scale - share * stepScale, shift - share * stepShift, next);
        }
        return (scale, shift, false);
    }

    private double Loss(double scale, double shift) => sides.Sum(side => side.Loss(scale, shift));

    private (double Scale, double Shift, double ScaleScale, double ScaleShift, double ShiftShift) Derivatives(double scale, double shift)
    {
        double slopeScale = 0, slopeShift = 0, curvature11 = 0, curvature12 = 0, curvature22 = 0;
        foreach (var side in sides)
            foreach (var (x, label, weight) in side.Terms)
            {
                var probability = 1 / (1 + Math.Exp(-(scale * x + shift)));
                var (error, curvature) = (weight * (probability - label), weight * probability * (1 - probability));
                slopeScale += error * x;
                slopeShift += error;
                curvature11 += curvature * x * x;
                curvature12 += curvature * x;
                curvature22 += curvature;
            }
        return (slopeScale, slopeShift, curvature11, curvature12, curvature22);
    }

    /// <summary>
    /// One class, standardized. Platt's target 1 − ε = (N + 1) / (N + 2) equals a sample of weight 1 − ε with its label and one of weight ε with the other label. The
    /// latter is clipped for outliers: otherwise a logit of 10⁴ on the correct side would dominate the loss through the share ε, although it is correct.
    /// </summary>
    private sealed class Side
    {
        private const double Widest = 1e8, WidestOfOther = 8;

        public Side(double[] logits, double label, double center, double spread)
        {
            var other = 1 / (logits.Length + 2.0);
            var (target, terms) = (label > 0.5 ? 1 - other : other, new List<(double, double, double)>(logits.Length));
            foreach (var logit in logits)
            {
                var x = Math.Clamp(logit / spread - center / spread, -Widest, Widest);
                if (Math.Abs(x) <= WidestOfOther)
                {
                    terms.Add((x, target, 1.0 / logits.Length));
                    continue;
                }
                terms.Add((x, label, (1 - other) / logits.Length));
                terms.Add((Math.Clamp(x, -WidestOfOther, WidestOfOther), 1 - label, other / logits.Length));
            }
            Terms = [.. terms];
        }

        public (double X, double Label, double Weight)[] Terms { get; }

        public double Loss(double scale, double shift)
        {
            var sum = 0.0;
            foreach (var (x, label, weight) in Terms)
            {
                // softplus(z) − target · z, written as two nonnegative terms.
                var z = scale * x + shift;
                sum += weight * (label * Math.Max(-z, 0) + (1 - label) * Math.Max(z, 0) + Math.Log(1 + Math.Exp(-Math.Abs(z))));
            }
            return sum;
        }
    }
}
