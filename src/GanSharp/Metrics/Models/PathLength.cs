using System.Globalization;
using GanSharp.Estimates;

namespace GanSharp.Metrics.Models;

/// <summary>The result of <see cref="PerceptualPathLength"/>.</summary>
/// <param name="Mean">The mean of ‖difference of features‖² / ε² with a normal 95% interval, in the features' unit squared.</param>
/// <param name="RoundingShare">
/// The part of the mean that is float32's rounding and not a length, from 0 to 1. Rounding adds the same to a squared difference whatever the step, so it counts a quarter at 2ε: the share is 4/3 of
/// what the mean is higher at ε than at 2ε. A curve adds to it, too, so it errs on the safe side.
/// </param>
public sealed record PathLength(Estimate Mean, double RoundingShare)
{
    /// <summary>"12.3456 ± 0.1234 (rounding 0.01%)".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mean} (rounding {100 * RoundingShare:0.##}%)");
}
