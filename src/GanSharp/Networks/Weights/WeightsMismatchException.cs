namespace GanSharp.Networks.Weights;

/// <summary>A file contains the weights of another network; nothing was loaded.</summary>
public sealed class WeightsMismatchException : Exception
{
    internal WeightsMismatchException(string path, string network, IReadOnlyList<string> mismatches)
        : base(string.Join(Environment.NewLine, [$"'{path}' doesn't fit the network {network}, and nothing was loaded:", .. mismatches.Select(mismatch => $"- {mismatch}")])) =>
        Mismatches = mismatches;

    /// <summary>A phrase for every parameter or buffer that is missing, unknown, or of another type or shape.</summary>
    public IReadOnlyList<string> Mismatches { get; }
}
