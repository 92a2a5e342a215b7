namespace GanSharp.Metrics.TwoSample;

/// <summary>How the two-sample tests that need no discriminator are run.</summary>
public sealed record TwoSampleOptions
{
    /// <summary>
    /// Random relabelings that the p-value is read from, at least 19: with fewer, none can reach 0.05.
    /// Default 499, which resolves 0.002 and puts a standard error of 0.01 on a p-value of 0.05.
    /// </summary>
    public int Permutations { get; init; } = 499;

    /// <summary>Samples of each side that are drawn at random, without replacement, where a side has more; at least 2. Null (the default) for all of them.</summary>
    public int? Subsample { get; init; }

    /// <summary>Determines the subsample, the relabelings and, where a test has them, the directions. Default 0.</summary>
    public long Seed { get; init; }

    internal void ThrowIfInvalid()
    {
        var faults = Faults().ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, ["The options of the two-sample test are invalid:", .. faults.Select(fault => $"- {fault}")]));
    }

    private IEnumerable<string> Faults()
    {
        const int Fewest = 19;
        if (Permutations < Fewest)
            yield return $"Permutations must be at least {Fewest}, or no p-value can reach 0.05, but is {Permutations}.";
        if (Subsample < 2)
            yield return $"Subsample must be at least 2, or null for all samples, but is {Subsample}.";
    }
}
