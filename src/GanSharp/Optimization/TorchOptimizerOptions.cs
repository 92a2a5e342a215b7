using GanSharp.Optimization.Flat;
using GanSharp.Schedules;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GanSharp.Optimization;

/// <summary>
/// One of TorchSharp's optimizers: <c>new TorchOptimizerOptions(parameters => optim.NAdam(parameters, lr: 1e-3))</c>. It is given the network's parameters joined into
/// one vector per type and device, so it must be one that treats each value by itself, as all but LBFGS do.
/// </summary>
/// <remarks>
/// Its state is out of reach: TorchSharp 0.107.0 shows no tensors of it. Checkpoints and roll-backs are refused, because a run that is resumed without it would
/// be another run. <see cref="OptimizerOptions.ParameterGroups"/> must be empty.
/// </remarks>
public sealed record TorchOptimizerOptions : OptimizerOptions
{
    /// <summary>Takes an optimizer of torch.</summary>
    /// <param name="make">Makes it for the parameters that it is given.</param>
    public TorchOptimizerOptions(Func<IEnumerable<Parameter>, optim.Optimizer> make)
        : base(Unset)
    {
        ArgumentNullException.ThrowIfNull(make);
        Make = make;
    }

    private static readonly Schedule Unset = 1;

    /// <summary>Makes the optimizer.</summary>
    public Func<IEnumerable<Parameter>, optim.Optimizer> Make { get; }

    /// <summary>Whether the rate is ours to set: <see cref="OptimizerOptions.LearningRate"/> was given. The optimizer keeps its own otherwise.</summary>
    internal bool SetsLearningRate => !ReferenceEquals(LearningRate, Unset);

    internal override bool HasReachableState => false;

    internal override Optimizer Create(FlatParameters parameters) => new TorchOptimizer(parameters, this);

    internal override IEnumerable<string> Faults(string name)
    {
        foreach (var fault in base.Faults(name))
            yield return fault;
        if (ParameterGroups is { Count: > 0 })
            yield return $"{name}.ParameterGroups must be empty for an optimizer of torch but has {ParameterGroups.Count}.";
    }
}
