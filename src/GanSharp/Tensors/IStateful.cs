using static TorchSharp.torch;

namespace GanSharp.Tensors;

/// <summary>
/// Keeps state from step to step in addition to a network's parameters and buffers. An objective, a penalty, a data set or a network that implements it
/// (a running threshold, a replay buffer, an adaptive weight) is saved in checkpoints and restored by a resume, like the optimizers. One object's state is one run's: an objective, a penalty, an augmentation or a label sampler that
/// keeps one serves one trainer at a time.
/// </summary>
public interface IStateful
{
    /// <summary>Tensors that determine the next step, by name. Their shapes must never change, and they may be overwritten in place to restore them.</summary>
    IReadOnlyList<(string Name, Tensor Value)> State { get; }

    /// <summary>Numbers that determine the next step, in a fixed order; empty where there are none.</summary>
#pragma warning disable CA1819 // Copied in and out; an array is the simplest contract for a handful of numbers.
    double[] Scalars { get; set; }
#pragma warning restore CA1819
}
