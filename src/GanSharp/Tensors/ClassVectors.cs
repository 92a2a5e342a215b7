using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GanSharp.Tensors;

/// <summary>What conditional networks make of their labels, which are classes or mixtures of classes: float of shape [N, classes], a weight for each class.</summary>
internal static class ClassVectors
{
    /// <summary>Whether the labels are mixtures.</summary>
    public static bool AreMixtures(Tensor labels) => labels.dim() == 2 && labels.is_floating_point();

    /// <summary>Each class as a vector with a single 1, each mixture as it is.</summary>
    /// <param name="labels">Int64 of shape [N], or mixtures. A label outside the classes gives zeros: looking for it here would wait for the device.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="type">The result's type.</param>
    /// <returns>Shape [N, classes].</returns>
    public static Tensor Codes(Tensor labels, int classes, ScalarType type) =>
        // torch's one_hot reads the largest label, which waits for the device.
        (AreMixtures(labels) ? labels : labels.unsqueeze(1).eq(arange(classes, ScalarType.Int64, labels.device))).to(type);

    /// <summary>Vectors with their classes behind them.</summary>
    /// <param name="vectors">Shape [N, d].</param>
    /// <param name="labels">As of <see cref="Codes"/>.</param>
    /// <param name="classes">Number of classes.</param>
    /// <returns>Shape [N, d + classes], of the vectors' type.</returns>
    /// <exception cref="ArgumentNullException">There are no labels.</exception>
    public static Tensor Append(Tensor vectors, Tensor? labels, int classes)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return cat([vectors, Codes(labels, classes, vectors.dtype)], 1);
    }

    /// <summary>Each class's row of a table, each mixture's weighted mean of the rows.</summary>
    /// <param name="table">A row for each class.</param>
    /// <param name="labels">Int64 of shape [N], or mixtures.</param>
    /// <returns>Shape [N, d], of the table's type. Of a mixture with a single 1 the class's row: 1 · x + 0 + … rounds nothing.</returns>
    /// <exception cref="ArgumentNullException">There are no labels.</exception>
    public static Tensor LookUp(Embedding table, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return AreMixtures(labels) ? labels.to(table.weight!.dtype).matmul(table.weight) : table.call(labels);
    }
}
