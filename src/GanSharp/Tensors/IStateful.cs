using static TorchSharp.torch;

namespace GanSharp.Tensors;

/// <summary>
/// Carries state from step to step beside a network's parameters and buffers. An objective, a penalty, a data set or a network that implements it
/// (a running threshold, a replay buffer, an adaptive weight) is saved in checkpoints and put back by a resume, like the optimizers.
/// </summary>
public interface IStateful
{
    /// <summary>Tensors that determine the next step, by name. Their shapes never change, and they may be written in place to restore them.</summary>
    IReadOnlyList<(string Name, Tensor Value)> State { get; }

    /// <summary>The numbers that do, in a fixed order; empty where there are none.</summary>
#pragma warning disable CA1819 // A copy in, a copy out: an array is the shortest contract for a handful of numbers.
    double[] Scalars { get; set; }
#pragma warning restore CA1819
}
