namespace GanSharp.Estimates;

/// <summary>How a 95% interval is computed from samples, and when it holds.</summary>
public enum IntervalMethod
{
    /// <summary>Mean ± 1.96 standard errors. Holds as the number of samples grows; within 1% of 95% from a few hundred samples a side on.</summary>
    Normal,

    /// <summary>
    /// Bias-corrected and accelerated bootstrap (Efron 1987). Holds as the number of samples grows, with half the normal interval's order of error
    /// where the terms are skewed; costs a thousand times the work.
    /// </summary>
    Bootstrap,

    /// <summary>
    /// Empirical Bernstein (Maurer and Pontil 2009) on clipped logits. Holds at every sample count, and is narrower than Hoeffding's where the terms vary little.
    /// </summary>
    EmpiricalBernstein,

    /// <summary>Hoeffding's (1963) on clipped logits. Holds at every sample count, whatever the terms' variance; the widest.</summary>
    Hoeffding,
}
