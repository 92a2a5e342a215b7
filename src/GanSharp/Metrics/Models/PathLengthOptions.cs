using GanSharp.Networks.Latents;

namespace GanSharp.Metrics.Models;

/// <summary>How <see cref="PerceptualPathLength"/> is measured. Values are comparable only where all but the seed are equal.</summary>
public sealed record PathLengthOptions
{
    private const int FewestPaths = 32;
    private const double LargestTrim = 0.25;

    /// <summary>Pairs of latents, each with one place on its path, at least 32. Default 10,000; the paper takes 100,000.</summary>
    public int Paths { get; init; } = 10_000;

    /// <summary>
    /// ε, the step along a path whose length is 1; above 0 and at most 0.1. Default 1e-4, as in the paper. With a larger one, chords miss curves and kinks; with a smaller one, float32 rounds away
    /// the difference of two samples. <see cref="PathLength.StepError"/> measures both.
    /// </summary>
    public double Epsilon { get; init; } = 1e-4;

    /// <summary>
    /// Share of the shortest and of the longest steps that is left out on each side, from 0 to 0.25. Default 0: the mean then is the expectation of the definition. The paper's code takes 0.01,
    /// which is steadier where few steps jump, and doesn't see that they do.
    /// </summary>
    public double Trim { get; init; }

    /// <summary>The path's shape. Null (the default) for spherical where the prior is <c>LatentPrior.Normal</c> or <c>LatentPrior.Hypersphere</c> of at least two dimensions, else linear.</summary>
    public LatentInterpolation? Interpolation { get; init; }

    /// <summary>Determines latents and places. A metric takes the context's instead. Default 0.</summary>
    public long Seed { get; init; }

    internal void ThrowIfInvalid()
    {
        var faults = Faults().ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, ["The path length's options are invalid:", .. faults.Select(fault => $"- {fault}")]));
    }

    private IEnumerable<string> Faults()
    {
        if (Paths < FewestPaths)
            yield return FormattableString.Invariant($"Paths must be at least {FewestPaths} but is {Paths}.");
        if (!(Epsilon is > 0 and <= 0.1))
            yield return FormattableString.Invariant($"Epsilon must be above 0 and at most 0.1 but is {Epsilon}.");
        if (!(Trim is >= 0 and <= LargestTrim))
            yield return FormattableString.Invariant($"Trim must lie from 0 to {LargestTrim} but is {Trim}.");
        if (Interpolation is { } interpolation && !Enum.IsDefined(interpolation))
            yield return FormattableString.Invariant($"Interpolation must be Spherical, Linear or null but is {(int)interpolation}.");
    }
}
