using static TorchSharp.torch;

namespace GanSharp.Tensors;

/// <summary>Classes as vectors with a single 1.</summary>
internal static class OneHot
{
    /// <summary>Vectors with their classes behind them.</summary>
    /// <param name="vectors">Shape [N, d].</param>
    /// <param name="labels">Int64, shape [N]. A label outside the classes gives zeros: looking for it here would wait for the device.</param>
    /// <param name="classes">Number of classes.</param>
    /// <returns>Shape [N, d + classes], of the vectors' type.</returns>
    /// <exception cref="ArgumentNullException">There are no labels.</exception>
    public static Tensor Append(Tensor vectors, Tensor? labels, int classes)
    {
        ArgumentNullException.ThrowIfNull(labels);
        // torch's one_hot reads the largest label, which waits for the device.
        return cat([vectors, labels.unsqueeze(1).eq(arange(classes, ScalarType.Int64, labels.device)).to(vectors.dtype)], 1);
    }
}
