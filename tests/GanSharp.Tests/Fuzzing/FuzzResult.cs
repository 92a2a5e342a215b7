namespace GanSharp.Tests.Fuzzing;

/// <summary>What became of a target's inputs.</summary>
internal sealed record FuzzResult
{
    public required string Target { get; init; }

    public required int Inputs { get; init; }

    public required int Accepted { get; init; }

    public required int Refused { get; init; }

    /// <summary>Different messages, numbers and quoted parts apart: how many rules the inputs reached.</summary>
    public required int Rules { get; init; }

    /// <summary>The most managed memory that one input took.</summary>
    public required long LargestAllocatedBytes { get; init; }

    /// <summary>By how much the process's peak of resident memory grew over all inputs.</summary>
    public required long PeakGrowthBytes { get; init; }

    /// <summary>The longest that one input took.</summary>
    public required double SlowestMilliseconds { get; init; }

    /// <summary>Exceptions of another type than a reader may throw, each with the number of its input.</summary>
    public required IReadOnlyList<string> Faults { get; init; }
}
