namespace GanSharp.Diagnostics.Health;

/// <summary>What <see cref="TrainingHealth"/> can say of a run.</summary>
public enum HealthVerdict
{
    /// <summary>Nothing speaks against going on.</summary>
    Balanced,

    /// <summary>D tells nearly every generated sample from a real one, so G learns little (a vanishing gradient where its loss saturates).</summary>
    DiscriminatorOverwhelms,

    /// <summary>G's samples are far less diverse than the data, and were more diverse before or don't become so.</summary>
    GeneratorCollapsed,

    /// <summary>G's samples are diverse and lie where data lies, but whole modes of the data have none.</summary>
    GeneratorDropsModes,

    /// <summary>D's logit is far from ln p_d/p_g: its bound lies below 0, or it is surer than it may be. Nothing that rests on the ratio may be believed.</summary>
    NotADensityRatio,

    /// <summary>D is better on the data that it was trained on than on held-out data by more than chance.</summary>
    DiscriminatorMemorizes,

    /// <summary>The two players chase each other: what G makes, or how far D sees it from the data, swings to and fro.</summary>
    Oscillating,

    /// <summary>D and a fresh auditor both see hardly any divergence, and it has stopped falling.</summary>
    ReadyToStop,
}

/// <summary>A verdict, the numbers behind it, and what to change.</summary>
/// <param name="Verdict">What is the case.</param>
/// <param name="Evidence">The measured numbers that say so.</param>
/// <param name="Advice">What to do.</param>
public sealed record HealthFinding(HealthVerdict Verdict, string Evidence, string Advice)
{
    /// <summary>Whether the finding is a reason to change something.</summary>
    public bool IsBad => Verdict is not (HealthVerdict.Balanced or HealthVerdict.ReadyToStop);

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
