using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Optimization;

/// <summary>Moves one network's flat parameters along their gradients.</summary>
internal abstract class Optimizer : IStateful, IDisposable
{
    /// <summary>What the learning rate is multiplied by: 1 unless a roll-back lowered it.</summary>
    public double RateFactor { get; set; } = 1;

    /// <summary>The tensors that determine the next step beside parameters and options, by name; they may be written in place to restore them.</summary>
    public abstract IReadOnlyList<(string Name, Tensor Value)> State { get; }

    /// <summary>The numbers that do, in a fixed order.</summary>
    public abstract double[] Scalars { get; set; }

    /// <summary>One step along the gradients that the backward pass left, which are then zero.</summary>
    /// <param name="step">Steps taken before this one, for schedules.</param>
    public abstract void Step(long step);

    public abstract void Dispose();
}
