namespace GanSharp.Diagnostics.Game;

/// <summary>How <see cref="DualityGap"/> trains each player.</summary>
public sealed record DualityGapOptions
{
    /// <summary>Steps of each player against the other's current network, at least 1. Default 200; with fewer the gap is biased lower.</summary>
    public int Steps { get; init; } = 200;

    /// <summary>Real samples per step, and as many generated ones; at least 1. Default 128.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>
    /// Adam's initial learning rate for both players, finite and above 0; it falls along half a cosine to a hundredth over <see cref="Steps"/>. Default 1e-3.
    /// β₁ is 0.9, the usual value when there is no moving opponent.
    /// </summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Held-out samples, and as many generated ones, on which both responses are evaluated; at least 10. Default 5,000; at most the size of the held-out data.</summary>
    public int HeldOutSamples { get; init; } = 5_000;

    /// <summary>Determines the order of the data and every latent. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>Throws one exception that lists every invalid option.</summary>
    internal void ThrowIfInvalid()
    {
        var faults = Faults().ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, ["The duality gap options are invalid:", .. faults.Select(fault => $"- {fault}")]));
    }

    private IEnumerable<string> Faults()
    {
        if (Steps < 1)
            yield return $"Steps must be at least 1 but is {Steps}.";
        if (BatchSize < 1)
            yield return $"BatchSize must be at least 1 but is {BatchSize}.";
        if (!(LearningRate > 0 && double.IsFinite(LearningRate)))
            yield return FormattableString.Invariant($"LearningRate must be finite and above 0 but is {LearningRate}.");
        if (HeldOutSamples < 10)
            yield return $"HeldOutSamples must be at least 10 but is {HeldOutSamples}.";
    }
}
