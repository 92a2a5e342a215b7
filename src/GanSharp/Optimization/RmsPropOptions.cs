using GanSharp.Optimization.Flat;
using GanSharp.Schedules;

namespace GanSharp.Optimization;

/// <summary>
/// Settings of RMSprop (Tieleman and Hinton 2012), the optimizer of the first Wasserstein GAN. Default learning rate 5e-5, as there (Arjovsky et al. 2017).
/// </summary>
public sealed record RmsPropOptions : OptimizerOptions
{
    /// <summary>Plain RMSprop.</summary>
    public RmsPropOptions()
        : base(5e-5)
    {
    }

    /// <summary>Decay α of the squared gradient's mean, in [0, 1). Default 0.99.</summary>
    public Schedule Decay { get; init; } = 0.99;

    /// <summary>Added to the root of the squared gradient's mean, above 0. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>μ of b ← μ b + g / (√v + ε), along which the step goes; in [0, 1). Default 0, which keeps no b.</summary>
    public double Momentum { get; init; }

    internal override Optimizer Create(FlatParameters parameters) => new RmsProp(parameters, this);

    internal override IEnumerable<string> Faults(string name) =>
        [.. base.Faults(name), .. ShareFaults($"{name}.Decay", Decay), .. ShareFaults($"{name}.Momentum", Momentum), .. EpsilonFaults(name, Epsilon)];
}
