namespace GanSharp.Optimization;

/// <summary>Settings of Adam (Kingma and Ba 2015), each a number or a <see cref="Schedule"/> over generator steps.</summary>
public sealed record AdamOptions
{
    /// <summary>Step size, finite and at least 0. Default 2e-4, as in DCGAN.</summary>
    public Schedule LearningRate { get; init; } = 2e-4;

    /// <summary>Decay of the gradient's mean, in [0, 1). Default 0.5, as in DCGAN: the usual 0.9 makes the two players oscillate.</summary>
    public Schedule Beta1 { get; init; } = 0.5;

    /// <summary>Decay of the squared gradient's mean, in [0, 1). Default 0.999.</summary>
    public Schedule Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the squared gradient's mean, above 0. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    internal IEnumerable<string> Faults(string name)
    {
        if (!LearningRate.All(rate => rate >= 0 && double.IsFinite(rate)))
            yield return $"{name}.LearningRate must be finite and at least 0 but is {LearningRate}.";
        if (!Beta1.All(beta => beta is >= 0 and < 1))
            yield return $"{name}.Beta1 must lie in [0, 1) but is {Beta1}.";
        if (!Beta2.All(beta => beta is >= 0 and < 1))
            yield return $"{name}.Beta2 must lie in [0, 1) but is {Beta2}.";
        if (!(Epsilon > 0 && double.IsFinite(Epsilon)))
            yield return FormattableString.Invariant($"{name}.Epsilon must be finite and above 0 but is {Epsilon}.");
    }
}
