namespace GanSharp.Diagnostics.Health;

/// <summary>The verdicts of <see cref="TrainingHealth"/>.</summary>
public enum HealthVerdict
{
    /// <summary>There is no reason not to continue.</summary>
    Balanced,

    /// <summary>D recognizes nearly every generated sample, so G learns little (its gradient vanishes where its loss saturates).</summary>
    DiscriminatorOverwhelms,

    /// <summary>G's samples are far less diverse than the data, and either were more diverse before or don't become more diverse.</summary>
    GeneratorCollapsed,

    /// <summary>G's samples are diverse and lie where data lies, but whole modes of the data have none.</summary>
    GeneratorDropsModes,

    /// <summary>D's logit is far from ln p_d/p_g: its bound is below 0, or D is overconfident. Numbers computed from the ratio can't be trusted.</summary>
    NotADensityRatio,

    /// <summary>D is better on its training data than on held-out data, by more than chance.</summary>
    DiscriminatorMemorizes,

    /// <summary>The two players chase each other: G's samples, or D's bound on their distance from the data, swing back and forth.</summary>
    Oscillating,

    /// <summary>D and a fresh auditor both find hardly any divergence, and it has stopped falling.</summary>
    ReadyToStop,
}

/// <summary>A verdict, its evidence, and what to do.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Evidence">The measured numbers that support it.</param>
/// <param name="Advice">What to do.</param>
public sealed record HealthFinding(HealthVerdict Verdict, string Evidence, string Advice)
{
    /// <summary>Whether the finding is a reason to change something.</summary>
    public bool IsProblem => Verdict is not (HealthVerdict.Balanced or HealthVerdict.ReadyToStop);

    /// <summary>"D overwhelms G: evidence. Advice".</summary>
    public override string ToString() => $"{Name}: {Evidence}. {Advice}";

    /// <summary>The verdict in words.</summary>
    public string Name => Verdict switch
    {
        HealthVerdict.DiscriminatorOverwhelms => "D overwhelms G",
        HealthVerdict.GeneratorCollapsed => "G collapsed",
        HealthVerdict.GeneratorDropsModes => "G drops modes",
        HealthVerdict.NotADensityRatio => "D is not a density ratio",
        HealthVerdict.DiscriminatorMemorizes => "D memorizes",
        HealthVerdict.Oscillating => "oscillation",
        HealthVerdict.ReadyToStop => "ready to stop",
        _ => "balanced",
    };
}
