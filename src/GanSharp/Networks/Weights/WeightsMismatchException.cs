namespace GanSharp.Networks.Weights;

/// <summary>A file holds the weights of another network; nothing was loaded.</summary>
public sealed class WeightsMismatchException : Exception
{
    internal WeightsMismatchException(string path, string network, IReadOnlyList<string> mismatches)
        : base(string.Join(Environment.NewLine, [$"'{path}' doesn't fit the network {network}, and nothing was loaded:", .. mismatches.Select(mismatch => $"- {mismatch}")])) =>
        Mismatches = mismatches;

    /// <summary>Every parameter or buffer that is missing, unknown, or of another type or shape, as a phrase.</summary>
    public IReadOnlyList<string> Mismatches { get; }
}
