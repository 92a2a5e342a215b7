using GanSharp.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GanSharp.Networks.Latents;

/// <summary>
/// Mixtures of classes, for <c>Sample</c> of a generator, a trainer or a snapshot in the place of labels: a float tensor of shape [N, classes], whose rows are weights of at least 0 with sum 1.
/// A generator hears the weighted mean of its classes' learned vectors, or the weights themselves where it hears one-hot codes, so samples lie between classes; a row with a single 1 gives the sample of that class.
/// G was trained on whole classes alone: what it makes of a mixture shows how it sees the way between two, not what the data has there.
/// </summary>
/// <example>
/// One z on the way from class 7 to class 9, in nine images:
/// <code>
/// var latents = generator.Prior.Sample(1).repeat(9, 1);
/// var images = generator.Sample(latents, ClassMixture.Between(7, 9, classes: 10, steps: 9));
/// </code>
/// </example>
public static class ClassMixture
{
    /// <summary>The same mixture for several samples: <c>ClassMixture.Of(8, classes: 10, (7, 0.5), (9, 0.5))</c>.</summary>
    /// <param name="count">Number of samples, at least 1.</param>
    /// <param name="classes">Number of the generator's classes, at least 1.</param>
    /// <param name="shares">Classes and their weights, which sum up to 1; the other classes get 0. The weights of a class that is named twice add up.</param>
    /// <returns>Float32 tensor of shape [count, classes] on the CPU.</returns>
    /// <exception cref="ArgumentException">A class lies outside of those that there are.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> or <paramref name="classes"/> is below 1.</exception>
    public static Tensor Of(int count, int classes, params IReadOnlyList<(long Label, double Weight)> shares)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentNullException.ThrowIfNull(shares);
        var weights = new float[classes];
        foreach (var (label, weight) in shares)
            weights[Within(label, classes, nameof(shares))] += (float)weight;
        using var scope = NewDisposeScope();
        return tensor(weights).repeat(count, 1).MoveToOuterDisposeScope();
    }

    /// <summary>A way from one class to another in equal steps.</summary>
    /// <param name="from">The class at its beginning, which it has alone.</param>
    /// <param name="to">The class at its end, likewise.</param>
    /// <param name="classes">Number of the generator's classes, at least 1.</param>
    /// <param name="steps">Points of the way, the two ends included; at least 2.</param>
    /// <returns>Float32 tensor of shape [steps, classes] on the CPU. For several walks repeat it: each path's latents follow each other, as <see cref="LatentPath"/> gives them.</returns>
    /// <exception cref="ArgumentException">A class lies outside of those that there are.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is below 1.</exception>
    public static Tensor Between(long from, long to, int classes, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        using var scope = NewDisposeScope();
        Tensor Whole(long label, string name) => ClassVectors.Codes(tensor(new[] { (long)Within(label, classes, name) }), classes, ScalarType.Float32);
        return LatentPath.Linear(Whole(from, nameof(from)), Whole(to, nameof(to)), steps).MoveToOuterDisposeScope();
    }

    /// <summary>Reads a table of learned class vectors, in a generator of your own that takes mixtures too (<see cref="GeneratorNetwork.TakesMixtures"/>).</summary>
    /// <param name="table">A learned row for each class.</param>
    /// <param name="labels">Int64 tensor of shape [N] with classes, or mixtures of shape [N, classes].</param>
    /// <returns>Tensor of shape [N, d] and of the table's type: each class's row, or each mixture's weighted mean of the rows.</returns>
    public static Tensor LookUp(Embedding table, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(table);
        return ClassVectors.LookUp(table, labels);
    }

    /// <summary>Codes of classes, for a generator of your own that takes one-hot codes and mixtures too (<see cref="GeneratorNetwork.TakesMixtures"/>).</summary>
    /// <param name="labels">Int64 tensor of shape [N] with classes, or mixtures of shape [N, classes].</param>
    /// <param name="classes">Number of classes, at least 1.</param>
    /// <param name="type">The result's type: that of the latents.</param>
    /// <returns>Tensor of shape [N, classes]: a single 1 in each row, or the mixtures themselves.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is below 1.</exception>
    public static Tensor Codes(Tensor labels, int classes, ScalarType type)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        using var scope = NewDisposeScope();
        return ClassVectors.Codes(labels, classes, type).alias().MoveToOuterDisposeScope();
    }

    private static int Within(long label, int classes, string name) => label >= 0 && label < classes ? (int)label
        : throw new ArgumentOutOfRangeException(name, label, $"{name} must lie from 0 to {classes - 1}, the {classes} classes, but {(name == "shares" ? "has" : "is")} {label}.");
}
