namespace GanSharp.Reporting.Runs.Comparing;

/// <summary>A number from the last report of a run that has it.</summary>
/// <param name="Step">The step of that report.</param>
/// <param name="Estimate">The number, with its 95% interval where it has one.</param>
/// <param name="OfReal">Of a metric, what a perfect generator would get; null where it wasn't measured.</param>
public sealed record ComparedValue(long Step, EstimateRecord Estimate, double? OfReal = null);

/// <summary>One quantity of several runs.</summary>
/// <param name="Name">What it is, and which direction is better where one is.</param>
/// <param name="Unit">"nats", "loss", or empty.</param>
/// <param name="Last">For each run in their order its last value; null where it has none.</param>
public sealed record ComparedQuantity(string Name, string Unit, IReadOnlyList<ComparedValue?> Last)
{
    /// <summary>All values of each run, in order.</summary>
    internal IReadOnlyList<IReadOnlyList<ComparedValue>> Curves { get; init; } = [];
}

/// <summary>An option in which runs differ.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">For each run in their order its value; null where it has no such option.</param>
public sealed record ComparedOption(string Name, IReadOnlyList<string?> Values);
