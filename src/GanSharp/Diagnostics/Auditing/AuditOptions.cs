namespace GanSharp.Diagnostics.Auditing;

/// <summary>How an <see cref="Auditor"/> trains and evaluates its discriminator.</summary>
public sealed record AuditOptions
{
    /// <summary>Real samples per step, and as many generated ones; at least 2. Default 256: a classifier, unlike a player of the game, benefits from a gradient with little noise.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Steps after which training ends even if it is still improving; at least 1. Default 3,000.</summary>
    public int MaximumSteps { get; init; } = 3_000;

    /// <summary>Steps between two evaluations on the calibration split; at least 1. Default 100.</summary>
    public int EvaluationInterval { get; init; } = 100;

    /// <summary>Evaluations without improvement after which training stops; at least 1. Default 5, so that one unlucky evaluation doesn't end it.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>
    /// Adam's initial learning rate, finite and above 0; it falls along half a cosine to a hundredth over <see cref="MaximumSteps"/>. Default 1e-3.
    /// β₁ is 0.9, the usual value when there is no moving opponent.
    /// </summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>
    /// Held-out samples to use, at least 200: one half is for stopping and calibration, the bound is computed on the other. Default 10,000, for an interval of ± 0.01 nats or less;
    /// at most the size of the held-out data. Both halves are in memory while the audit runs.
    /// </summary>
    public int HeldOutSamples { get; init; } = 10_000;

    /// <summary>Determines the auditor's initial weights, the order of the data, the split and every latent. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>Throws one exception that lists every invalid option.</summary>
    internal void ThrowIfInvalid()
    {
        var faults = Faults().ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, ["The audit options are invalid:", .. faults.Select(fault => $"- {fault}")]));
    }

    internal IEnumerable<string> Faults()
    {
        if (BatchSize < 2)
            yield return $"BatchSize must be at least 2 but is {BatchSize}.";
        if (MaximumSteps < 1)
            yield return $"MaximumSteps must be at least 1 but is {MaximumSteps}.";
        if (EvaluationInterval < 1)
            yield return $"EvaluationInterval must be at least 1 but is {EvaluationInterval}.";
        if (Patience < 1)
            yield return $"Patience must be at least 1 but is {Patience}.";
        if (!(LearningRate > 0 && double.IsFinite(LearningRate)))
            yield return FormattableString.Invariant($"LearningRate must be finite and above 0 but is {LearningRate}.");
        if (HeldOutSamples < 2 * HeldOutSplit.SmallestHalf)
            yield return $"HeldOutSamples must be at least {2 * HeldOutSplit.SmallestHalf} but is {HeldOutSamples}.";
    }
}
