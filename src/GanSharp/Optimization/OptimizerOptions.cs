using GanSharp.Optimization.Flat;
using GanSharp.Schedules;

namespace GanSharp.Optimization;

/// <summary>
/// The options that every optimizer has. Choose one by its options: <see cref="AdamOptions"/>, <see cref="SgdOptions"/>, <see cref="RmsPropOptions"/>, one of your
/// own (<see cref="CustomOptimizerOptions"/>), or one of torch's (<see cref="TorchOptimizerOptions"/>).
/// Order of a step: clip the gradient's norm, add <see cref="L2Penalty"/>, shrink by <see cref="WeightDecay"/>, then the optimizer's own rule.
/// </summary>
public abstract record OptimizerOptions
{
    private protected OptimizerOptions(Schedule learningRate) => LearningRate = learningRate;

    /// <summary>Step size η, finite and at least 0; a number or a <see cref="Schedule"/> over generator steps. The default is each optimizer's own: 2e-4 for Adam, 0.01 for SGD, 5e-5 for RMSprop.</summary>
    public Schedule LearningRate { get; init; }

    /// <summary>λ of decoupled weight decay, θ ← (1 − ηλ) θ before each step (Loshchilov and Hutter 2019): with Adam this is AdamW. At least 0. Default 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>λ of an L2 penalty ½ λ ‖θ‖², whose λθ is added to the gradient: the <c>weight_decay</c> of torch's Adam, SGD and RMSprop. At least 0. Default 0.</summary>
    public double L2Penalty { get; init; }

    /// <summary>The gradient of the whole network is scaled down to this Euclidean norm where it is longer; above 0, null (the default) for no limit.</summary>
    public double? MaximumGradientNorm { get; init; }

    /// <summary>Parameters with a rate or a decay of their own. The first group that holds a parameter decides. Default none.</summary>
    public IReadOnlyList<ParameterGroup> ParameterGroups { get; init; } = [];

    /// <summary>Whether the optimizer's state can be saved and put back. Where it can't, checkpoints, roll-backs and <c>Player.Remember</c> are refused.</summary>
    internal virtual bool HasReachableState => true;

    /// <summary>The optimizer that these options describe.</summary>
    internal abstract Optimizer Create(FlatParameters parameters);

    internal virtual IEnumerable<string> Faults(string name)
    {
        foreach (var fault in RateFaults(name, LearningRate))
            yield return fault;
        foreach (var fault in DecayFaults(name, WeightDecay, L2Penalty))
            yield return fault;
        if (MaximumGradientNorm is { } norm && !(norm > 0))
            yield return FormattableString.Invariant($"{name}.MaximumGradientNorm must be above 0, or null for no limit, but is {norm}.");
        if (ParameterGroups is null || ParameterGroups.Any(group => group is null))
        {
            yield return $"{name}.ParameterGroups must be a list without null; use an empty list for none.";
            yield break;
        }
        foreach (var (index, group) in ParameterGroups.Index())
        {
            var groupName = $"{name}.ParameterGroups[{index}]";
            foreach (var fault in RateFaults(groupName, group.LearningRate ?? 0))
                yield return fault;
            foreach (var fault in DecayFaults(groupName, group.WeightDecay ?? 0, group.L2Penalty ?? 0))
                yield return fault;
        }
    }

    /// <summary>Throws where a group holds none of the parameters of the networks that share these options: a name that is misspelled would change nothing.</summary>
    /// <param name="networks">Their parameters. Where all are frozen, no group can hold one.</param>
    /// <exception cref="ArgumentException">The message names the group and the parameters that there are.</exception>
    internal void ThrowIfAGroupIsEmpty(params IEnumerable<FlatParameters> networks)
    {
        string[] names = [.. networks.SelectMany(parameters => parameters.Layout).Select(entry => entry.Name).Distinct()];
        foreach (var group in ParameterGroups)
            if (names.Length > 0 && !names.Any(group.Contains))
                throw new ArgumentException($"The parameter group {group} holds no trainable parameter; there are {string.Join(", ", names)}.");
    }

    /// <summary>The fault of a share that a running mean keeps, if there is one.</summary>
    private protected static IEnumerable<string> ShareFaults(string name, Schedule share)
    {
        if (!share.All(value => value is >= 0 and < 1))
            yield return $"{name} must lie in [0, 1) but is {share}.";
    }

    private protected static IEnumerable<string> EpsilonFaults(string name, double epsilon)
    {
        if (!(epsilon > 0 && double.IsFinite(epsilon)))
            yield return FormattableString.Invariant($"{name}.Epsilon must be finite and above 0 but is {epsilon}.");
    }

    private static IEnumerable<string> RateFaults(string name, Schedule rate)
    {
        if (!rate.All(value => value >= 0 && double.IsFinite(value)))
            yield return $"{name}.LearningRate must be finite and at least 0 but is {rate}.";
    }

    private static IEnumerable<string> DecayFaults(string name, double weightDecay, double l2Penalty)
    {
        if (!(weightDecay >= 0 && double.IsFinite(weightDecay)))
            yield return FormattableString.Invariant($"{name}.WeightDecay must be finite and at least 0 but is {weightDecay}.");
        if (!(l2Penalty >= 0 && double.IsFinite(l2Penalty)))
            yield return FormattableString.Invariant($"{name}.L2Penalty must be finite and at least 0 but is {l2Penalty}.");
    }
}
