using System.Globalization;
using GanSharp.Estimates;

namespace GanSharp.Metrics.Models;

/// <summary>The result of <see cref="PerceptualPathLength"/>.</summary>
/// <param name="Mean">The mean of ‖difference of features‖² / ε² with a normal 95% interval, in the features' unit squared.</param>
/// <param name="StepError">
/// The part of the mean that is due to the step ε and not to the path, from 0 to 1: 4/3 of the amount by which the mean at ε exceeds that at 2ε. Where float32 rounds, that is exactly the part that is rounding, which
/// adds the same to a squared difference whatever the step, and so counts a quarter at 2ε. Where ε is large, it is what chords miss of curves and kinks.
/// </param>
public sealed record PathLength(Estimate Mean, double StepError)
{
    /// <summary>"12.3456 ± 0.1234 (step error 0.01%)".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mean} (step error {100 * StepError:0.##}%)");
}
