namespace GanSharp.Estimates;

/// <summary>How a 95% interval is computed from samples, and when it is valid.</summary>
public enum IntervalMethod
{
    /// <summary>Mean ± 1.96 standard errors. Valid asymptotically; coverage is within 1% of 95% from a few hundred samples per side on.</summary>
    Normal,

    /// <summary>
    /// Bias-corrected and accelerated bootstrap (Efron 1987). Valid asymptotically, with a coverage error per end of order 1/n instead of the normal interval's 1/√n
    /// for skewed terms; needs a thousand times the work.
    /// </summary>
    Bootstrap,

    /// <summary>
    /// Empirical Bernstein (Maurer and Pontil 2009) on clipped logits. Valid at every sample count, and narrower than Hoeffding's where the terms vary little.
    /// </summary>
    EmpiricalBernstein,

    /// <summary>Hoeffding (1963) on clipped logits. Valid at every sample count, whatever the terms' variance; the widest.</summary>
    Hoeffding,
}
