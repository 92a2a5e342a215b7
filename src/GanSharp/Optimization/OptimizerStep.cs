using static TorchSharp.torch;

namespace GanSharp.Optimization;

/// <summary>One step of an optimizer for some of a network's parameters, joined into one vector.</summary>
/// <param name="Values">The parameters, shape [n], after weight decay; to be changed in place.</param>
/// <param name="Gradient">Their gradients, shape [n], clipped, with the L2 penalty's part; may be overwritten.</param>
/// <param name="Slots">What the optimizer keeps, shape [n] each, in the order of <see cref="CustomOptimizerOptions.Slots"/>; 0 before the first step, to be changed in place.</param>
/// <param name="LearningRate">η in force, at least 0.</param>
/// <param name="Step">Where schedules stand: steps taken before this one.</param>
public sealed record OptimizerStep(Tensor Values, Tensor Gradient, IReadOnlyList<Tensor> Slots, double LearningRate, long Step);
