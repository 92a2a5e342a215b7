using static TorchSharp.torch;

namespace GanSharp.Diagnostics;

/// <summary>
/// Platt's calibration: the scale and shift that make logits of a class the most likely on samples set aside for it (Platt 1999).
/// The bound of <see cref="JensenShannon"/> holds for any function of x, so calibrated logits bound the divergence from below too,
/// as long as the bound is read on other samples than the fit.
/// </summary>
/// <param name="Scale">Factor of the logit.</param>
/// <param name="Shift">Added after the factor.</param>
public readonly record struct LogitCalibration(double Scale, double Shift)
{
    /// <summary>Fits scale and shift by logistic regression with both classes weighted equally.</summary>
    /// <param name="real">Logits of real samples, shape [N].</param>
    /// <param name="fake">Logits of generated samples, shape [M].</param>
    /// <returns>The fit; a scale of 0 where the logits don't tell the classes apart.</returns>
    public static LogitCalibration Fit(Tensor real, Tensor fake)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(fake);
        double[] Read(Tensor logits)
        {
            using var scope = NewDisposeScope();
            return logits.to(ScalarType.Float64).to(CPU).data<double>().ToArray();
        }
        return Fit(Read(real), Read(fake));
    }

    /// <summary>Scale · logits + Shift.</summary>
    public Tensor Apply(Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        using var scope = NewDisposeScope();
        return (logits.to(ScalarType.Float64) * Scale + Shift).MoveToOuterDisposeScope();
    }

    private static LogitCalibration Fit(double[] real, double[] fake)
    {
        const int MaximumIterations = 50;
        const double Ridge = 1e-9, Tolerance = 1e-10;
        // Newton's method needs inputs of order 1: standardise, fit, and undo.
        var all = real.Concat(fake).ToArray();
        var centre = all.Average();
        var spread = Math.Sqrt(all.Average(value => (value - centre) * (value - centre)));
        if (!(spread > 0))
            return new LogitCalibration(0, 0);
        double scale = 0, shift = 0;
        for (var iteration = 0; iteration < MaximumIterations; iteration++)
        {
            double gradientScale = Ridge * scale, gradientShift = 0, curvature11 = Ridge, curvature12 = 0, curvature22 = Ridge;
            void Add(double[] logits, double target)
            {
                foreach (var logit in logits)
                {
                    var x = (logit - centre) / spread;
                    var probability = 1 / (1 + Math.Exp(-(scale * x + shift)));
                    var (error, weight) = ((probability - target) / logits.Length, probability * (1 - probability) / logits.Length);
                    gradientScale += error * x;
                    gradientShift += error;
                    curvature11 += weight * x * x;
                    curvature12 += weight * x;
                    curvature22 += weight;
                }
            }
            Add(real, 1);
            Add(fake, 0);
            var determinant = curvature11 * curvature22 - curvature12 * curvature12;
            var stepScale = (curvature22 * gradientScale - curvature12 * gradientShift) / determinant;
            var stepShift = (curvature11 * gradientShift - curvature12 * gradientScale) / determinant;
            // A capped step keeps separable classes, whose optimum lies at infinity, from overshooting.
            var cap = Math.Min(1, 2 / Math.Max(Math.Abs(stepScale), Math.Abs(stepShift)));
            scale -= cap * stepScale;
            shift -= cap * stepShift;
            if (Math.Abs(stepScale) + Math.Abs(stepShift) < Tolerance)
                break;
        }
        return new LogitCalibration(scale / spread, shift - scale * centre / spread);
    }
}
