using GanSharp.Optimization.Flat;
using GanSharp.Schedules;

namespace GanSharp.Optimization;

/// <summary>
/// Settings of Adam (Kingma and Ba 2015), each a number or a <see cref="Schedule"/> over generator steps; of AdamW with
/// <see cref="OptimizerOptions.WeightDecay"/>. Default learning rate 2e-4, as in DCGAN.
/// </summary>
public sealed record AdamOptions : OptimizerOptions
{
    /// <summary>DCGAN's Adam.</summary>
    public AdamOptions()
        : base(2e-4)
    {
    }

    /// <summary>Decay of the gradient's mean, in [0, 1). Default 0.5, as in DCGAN: the usual 0.9 makes the two players oscillate.</summary>
    public Schedule Beta1 { get; init; } = 0.5;

    /// <summary>Decay of the squared gradient's mean, in [0, 1). Default 0.999.</summary>
    public Schedule Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the squared gradient's mean, above 0. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Whether the largest mean so far takes the place of the squared gradient's mean (AMSGrad, Reddi et al. 2018). Default false.</summary>
    public bool AmsGrad { get; init; }

    internal override Optimizer Create(FlatParameters parameters) => new Adam(parameters, this);

    internal override IEnumerable<string> Faults(string name) =>
        [.. base.Faults(name), .. ShareFaults($"{name}.Beta1", Beta1), .. ShareFaults($"{name}.Beta2", Beta2), .. EpsilonFaults(name, Epsilon)];
}
