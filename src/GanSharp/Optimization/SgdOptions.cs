using GanSharp.Optimization.Flat;
using GanSharp.Schedules;

namespace GanSharp.Optimization;

/// <summary>
/// Settings of stochastic gradient descent, with optional momentum (Polyak 1964), also Nesterov's (Sutskever et al. 2013). Default learning rate 0.01.
/// </summary>
public sealed record SgdOptions : OptimizerOptions
{
    /// <summary>Plain descent.</summary>
    public SgdOptions()
        : base(0.01)
    {
    }

    /// <summary>μ of b ← μ b + g, whose b takes the gradient's place; in [0, 1), a number or a schedule. Default 0, which keeps no b.</summary>
    public Schedule Momentum { get; init; } = 0;

    /// <summary>Whether the step goes along g + μ b, the gradient that momentum will lead to. Needs <see cref="Momentum"/>. Default false.</summary>
    public bool Nesterov { get; init; }

    internal bool HasMomentum => !Momentum.All(value => value == 0);

    internal override Optimizer Create(FlatParameters parameters) => new Sgd(parameters, this);

    internal override IEnumerable<string> Faults(string name)
    {
        foreach (var fault in base.Faults(name).Concat(ShareFaults($"{name}.Momentum", Momentum)))
            yield return fault;
        if (Nesterov && !HasMomentum)
            yield return $"{name}.Nesterov needs a Momentum above 0.";
    }
}
