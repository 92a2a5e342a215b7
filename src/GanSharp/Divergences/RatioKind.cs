namespace GanSharp.Divergences;

/// <summary>What an objective's optimal logit tells about ln p_d/p_g. Diagnostics refuse a number that the logit can't provide.</summary>
public enum RatioKind
{
    /// <summary>Nothing: a critic's score, a hinge margin, or a classifier of smoothed labels.</summary>
    None,

    /// <summary>ln p_d/p_g exactly, through <see cref="IDensityRatio.LogDensityRatio"/>.</summary>
    Exact,

    /// <summary>ln p_d/p_g plus a constant that doesn't change the objective; it must first be fitted on held-out samples.</summary>
    UpToConstant,
}
