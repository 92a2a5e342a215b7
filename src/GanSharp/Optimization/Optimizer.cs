using GanSharp.Optimization.Flat;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Optimization;

/// <summary>
/// Moves one network's flat parameters along their gradients: in one managed vector pass where they are float32 on the CPU
/// (<see cref="FlatPass"/>), by torch's operators on the whole buffer elsewhere.
/// </summary>
internal abstract class Optimizer : IStateful, IDisposable
{
    private readonly FlatParameters parameters;
    private readonly OptimizerOptions options;
    private readonly string[] slotNames;
    private readonly Tensor[][] slots;
    private readonly (FlatSlice Slice, ParameterGroup? Group)[] slices;

    /// <summary>An optimizer with zero state.</summary>
    /// <param name="parameters">What it moves.</param>
    /// <param name="options">What all optimizers share.</param>
    /// <param name="slotNames">Names of the values that it keeps for each parameter.</param>
    protected Optimizer(FlatParameters parameters, OptimizerOptions options, params string[] slotNames)
    {
        (this.parameters, this.options, this.slotNames) = (parameters, options, slotNames);
        slots = [.. parameters.Buffers.Select(buffer => slotNames.Select(_ => zeros_like(buffer).DetachFromDisposeScope()).ToArray())];
        slices = [.. Slices()];
    }

    /// <summary>What the learning rate is multiplied by: 1 unless a roll-back lowered it.</summary>
    public double RateFactor { get; set; } = 1;

    /// <summary>The tensors that determine the next step beside parameters and options, by name; they may be written in place to restore them.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> State =>
        [.. slots.SelectMany((group, index) => slotNames.Zip(group, (name, slot) => ($"{name}.{index}", slot)))];

    /// <summary>The numbers that do, in a fixed order.</summary>
    public virtual double[] Scalars
    {
        get => [];
        set { }
    }

    /// <summary>One step along the gradients that the backward pass left, which are then gone.</summary>
    /// <param name="step">Steps taken before this one, for schedules.</param>
    public void Step(long step)
    {
        using var gradients = parameters.TakeGradients();
        _ = Step(step, gradients);
    }

    /// <summary>One step along gradients that were taken already; their owner disposes them.</summary>
    /// <returns>The sum of the squares of what the parameters became; null where nobody counted.</returns>
    public double? Step(long step, FlatGradients gradients)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var factor = options.MaximumGradientNorm is { } norm ? gradients.ClipNorm(norm) : 1;
        Prepare(step);
        double? squares = 0;
        foreach (var (slice, group) in slices)
        {
            var rate = RateFactor * (group?.LearningRate ?? options.LearningRate).At(step);
            var shrink = 1 - rate * (group?.WeightDecay ?? options.WeightDecay);
            var l2Penalty = group?.L2Penalty ?? options.L2Penalty;
            if (HasVectorRule && slice.Pieces.Length > 0)
                squares += Move(slice, gradients, new GradientRule((float)shrink, (float)l2Penalty, (float)factor), rate);
            else
            {
                MoveByOperators(slice, gradients, factor, shrink, l2Penalty, rate);
                squares = null;
            }
        }
        return squares;
    }

    /// <summary>Releases the state.</summary>
    public virtual void Dispose()
    {
        foreach (var slot in slots.SelectMany(group => group))
            slot.Dispose();
    }

    /// <summary>Whether float32 values on the CPU are moved by a vector pass; by torch's operators otherwise, as on other devices.</summary>
    protected virtual bool HasVectorRule => true;

    /// <summary>Computes what all parameters share in this step.</summary>
    protected virtual void Prepare(long step)
    {
    }

    /// <summary>The step of float32 values on the CPU: one pass of <see cref="FlatPass"/>.</summary>
    /// <returns>The sum of the squares of what they became.</returns>
    protected abstract double Move(FlatSlice slice, FlatGradients gradients, GradientRule gradientRule, double rate);

    /// <summary>The same step by torch's operators.</summary>
    /// <param name="values">The parameters, to change in place.</param>
    /// <param name="gradient">What to descend along; may be overwritten.</param>
    /// <param name="slots">The values kept, to change in place.</param>
    /// <param name="rate">η.</param>
    protected abstract void Move(Tensor values, Tensor gradient, Tensor[] slots, double rate);

    private void MoveByOperators(FlatSlice slice, FlatGradients gradients, double factor, double shrink, double l2Penalty, double rate)
    {
        Tensor Part(Tensor buffer) => buffer.narrow(0, slice.Start, slice.Length);
        var (values, gradient) = (Part(slice.Values), Part(gradients.Joined(slice.Buffer)));
        if (factor != 1)
            gradient.mul_(factor);
        if (l2Penalty != 0)
            gradient.add_(values, alpha: l2Penalty);
        if (shrink != 1)
            values.mul_(shrink);
        Move(values, gradient, [.. slice.Slots.Select(Part)], rate);
        if (slice.Rounded is { } rounded)
            Part(rounded).copy_(values);
    }

    /// <summary>Neighbors of one group in one slice, so that without groups a step is one pass a buffer.</summary>
    private IEnumerable<(FlatSlice, ParameterGroup?)> Slices()
    {
        var found = new List<(int Buffer, long Start, long Length, ParameterGroup? Group)>();
        foreach (var (name, buffer, start, length, _) in parameters.Layout)
        {
            var group = options.ParameterGroups.FirstOrDefault(group => group.Contains(name));
            if (found is [.., var last] && last.Buffer == buffer && ReferenceEquals(last.Group, group))
                found[^1] = last with { Length = last.Length + length };
            else
                found.Add((buffer, start, length, group));
        }
        return found.Select(run => (new FlatSlice(parameters, run.Buffer, slots[run.Buffer], run.Start, run.Length), run.Group));
    }
}
