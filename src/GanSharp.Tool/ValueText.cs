using System.Globalization;
using GanSharp.Reporting.Runs;
using GanSharp.Reporting.Runs.Comparing;

namespace GanSharp.Tool;

/// <summary>Numbers with the digits that their intervals leave.</summary>
internal static class ValueText
{
    /// <summary>"0.123 ± 0.004", "0.0031 [0.0008, 0.0071]" where the interval isn't symmetric, or "0.1234" where there is none.</summary>
    public static string Of(EstimateRecord estimate)
    {
        if (estimate is not { Lower: { } lower, Upper: { } upper } || !double.IsFinite(upper - lower))
            return Number(estimate.Value, Math.Abs(estimate.Value) / 100);
        var half = (upper - lower) / 2;
        return Math.Abs(lower + half - estimate.Value) > half / 20 ? $"{Number(estimate.Value, half)} [{Number(lower, half)}, {Number(upper, half)}]" : $"{Number(estimate.Value, half)} ± {Number(half, half)}";
    }

    public static string Name(ComparedQuantity quantity) => quantity.Unit is "" or "loss" ? quantity.Name : $"{quantity.Name}, {quantity.Unit}";

    public static string Step(long step) => step.ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(double value, double scale) =>
        !double.IsFinite(value) ? "not finite" : (value + 0.0).ToString(scale >= 10 ? "0" : scale >= 1 ? "0.0" : scale >= 0.1 ? "0.00" : scale >= 0.01 ? "0.000" : "0.0000", CultureInfo.InvariantCulture);
}
