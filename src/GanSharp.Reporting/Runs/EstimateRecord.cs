using GanSharp.Estimates;

namespace GanSharp.Reporting.Runs;

/// <summary>A measured number as a run folder keeps it.</summary>
/// <param name="Value">The point estimate; NaN where it wasn't finite.</param>
/// <param name="Lower">Lower end of its 95% interval; null where there is none.</param>
/// <param name="Upper">Upper end of its 95% interval; null where there is none.</param>
public sealed record EstimateRecord(double Value, double? Lower = null, double? Upper = null)
{
    internal static EstimateRecord Of(Estimate estimate) => new(estimate.Value, estimate.Lower, estimate.Upper);
}
