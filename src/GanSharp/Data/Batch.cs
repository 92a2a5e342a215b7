using static TorchSharp.torch;

namespace GanSharp.Data;

/// <summary>Samples drawn together from a <see cref="Dataset"/>.</summary>
/// <param name="Samples">Float tensor of shape [N, …], N samples of the data set's <see cref="Dataset.SampleShape"/>.</param>
/// <param name="Labels">Int64 tensor of shape [N] with the class of each sample, or null where the data has none.</param>
public readonly record struct Batch(Tensor Samples, Tensor? Labels);
