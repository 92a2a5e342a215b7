using GanSharp.Optimization.Flat;

namespace GanSharp.Optimization;

/// <summary>
/// An optimizer of your own, written with torch's operators: derive a record, name what it keeps, and move the values. Schedules, weight decay, parameter groups,
/// clipping, mixed precision, guards and checkpoints work for it as for Adam. The rule must treat each value by itself, because parameters are joined.
/// Derive from <c>CustomOptimizerOptions&lt;TRule&gt;</c> to add a vector pass for the CPU.
/// </summary>
public abstract record CustomOptimizerOptions : OptimizerOptions
{
    /// <summary>States the default learning rate.</summary>
    /// <param name="learningRate">Finite and at least 0; a number or a schedule.</param>
    protected CustomOptimizerOptions(Schedules.Schedule learningRate)
        : base(learningRate)
    {
    }

    /// <summary>Names of the values that are kept for each parameter, such as "momentum"; checkpoints hold them under these names. Default none.</summary>
    public virtual IReadOnlyList<string> Slots => [];

    /// <summary>Moves <see cref="OptimizerStep.Values"/> in place.</summary>
    /// <param name="state">Values, gradient, slots, learning rate.</param>
    public abstract void Update(OptimizerStep state);

    /// <summary>Checks the options of your own when a trainer is made.</summary>
    /// <param name="name">What the options are called, to begin a sentence with: "GeneratorOptimizer".</param>
    /// <returns>A sentence for each fault, listed with the other faults. Default none.</returns>
    public virtual IEnumerable<string> Validate(string name) => [];

    internal override Optimizer Create(FlatParameters parameters) => new CustomOptimizer(parameters, this);

    internal override IEnumerable<string> Faults(string name) => [.. base.Faults(name), .. Validate(name)];

    /// <summary>The vector pass over a slice; null where there is none.</summary>
    internal virtual Func<FlatSlice, FlatGradients, GradientRule, double, long, double>? VectorPass => null;
}

/// <summary>An optimizer of your own with a second form of its rule, for float32 values on the CPU: one pass over memory instead of one for each operator.</summary>
/// <typeparam name="TRule">The rule, a struct. It must do what <see cref="CustomOptimizerOptions.Update"/> does.</typeparam>
public abstract record CustomOptimizerOptions<TRule> : CustomOptimizerOptions
    where TRule : struct, IUpdateRule
{
    /// <summary>States the default learning rate.</summary>
    /// <param name="learningRate">Finite and at least 0; a number or a schedule.</param>
    protected CustomOptimizerOptions(Schedules.Schedule learningRate)
        : base(learningRate)
    {
    }

    /// <summary>Makes the rule of one step.</summary>
    /// <param name="learningRate">η in force, at least 0.</param>
    /// <param name="steps">Steps taken before this one.</param>
    /// <returns>A value with the numbers that the step needs, such as η and a bias correction.</returns>
    public abstract TRule Rule(double learningRate, long steps);

    internal sealed override Func<FlatSlice, FlatGradients, GradientRule, double, long, double> VectorPass =>
        (slice, gradients, gradientRule, learningRate, step) => FlatPass.Run(slice, gradients, gradientRule, Rule(learningRate, step));

    internal sealed override IEnumerable<string> Faults(string name) => [
        .. base.Faults(name),
        .. TRule.Slots == Slots.Count && TRule.Slots <= 3 ? Array.Empty<string>()
            : [$"{name}.Slots must name the {TRule.Slots} values that {typeof(TRule).Name} keeps, at most 3, but names {Slots.Count}."]];
}
