using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Networks;

/// <summary>Checks the labels that a caller gives to a network.</summary>
internal static class LabelCheck
{
    // Far above what float32 rounds, far below a weight that was forgotten.
    private const double SumTolerance = 1e-4;

    /// <summary>A network's number of classes from its constructor's arguments.</summary>
    /// <param name="classes">Classes that it is conditioned on; null for none.</param>
    /// <param name="auxiliaryClasses">Classes that it tells apart itself; null for none.</param>
    /// <returns><paramref name="classes"/>.</returns>
    /// <exception cref="ArgumentException">A number is below 1, or both were given.</exception>
    public static int? ClassCount(int? classes, int? auxiliaryClasses = null)
    {
        if (classes is { } count)
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(classes));
        if (auxiliaryClasses is not { } told)
            return classes;
        ArgumentOutOfRangeException.ThrowIfLessThan(told, 1, nameof(auxiliaryClasses));
        return classes is null ? null
            : throw new ArgumentException($"auxiliaryClasses must not be given beside classes, because a network that is told the class need not find it, but they are {told} and {classes}.", nameof(auxiliaryClasses));
    }

    /// <summary>Labels for samples from the caller's arguments: one per sample, one for all, or none.</summary>
    /// <exception cref="ArgumentException">Both were given.</exception>
    public static Tensor? Combined(Tensor? labels, long? label, long count)
    {
        if (label is not { } one)
            return labels;
        if (labels is not null)
            throw new ArgumentException($"label must not be given beside labels but is {one}.", nameof(label));
        return full([count], one, ScalarType.Int64);
    }

    /// <summary>Throws unless there is what the generator needs for each sample: a label, or a mixture of its classes.</summary>
    /// <param name="generator">The generator.</param>
    /// <param name="labels">The given labels, mixtures, or null.</param>
    /// <param name="count">Number of samples.</param>
    /// <exception cref="ArgumentException">The message says what they must be and what was given.</exception>
    public static void ThrowIfUnfit(GeneratorNetwork generator, Tensor? labels, long count)
    {
        var name = generator.GetType().Name;
        if (labels is null || !ClassVectors.AreMixtures(labels))
            ThrowIfUnfit(name, generator.Classes, labels, count);
        else if (generator.Classes is not { } classes)
            throw new ArgumentException($"labels must not be mixtures of classes, because {name} has none: its Classes is null. Give it classes where it is made, or sample without labels.", nameof(labels));
        else if (!generator.TakesMixtures)
            throw new ArgumentException($"labels must be int64 of shape [{count}], because {name} doesn't say that it takes mixtures of classes. If it reads labels with ClassMixture.LookUp or ClassMixture.Codes, override TakesMixtures to return true.", nameof(labels));
        else
            ThrowIfUnfitMixture(name, classes, labels, count);
    }

    private static void ThrowIfUnfitMixture(string network, int classes, Tensor labels, long count)
    {
        if (labels.size(0) != count || labels.size(1) != classes)
            throw new ArgumentException($"labels that are mixtures must have shape [{count}, {classes}], a row for each sample and a weight for each of the {classes} classes of {network}, but have shape {Shape.Format(labels.shape)}.", nameof(labels));
        using var scope = NewDisposeScope();
        var weights = labels.detach().to(ScalarType.Float64);
        var (lowest, sums) = (weights.min().item<double>(), weights.sum([1]));
        // Written so that NaN fails too.
        if (!(lowest >= 0))
            throw new ArgumentException($"labels that are mixtures must have weights of at least 0 but have {lowest:g4}.", nameof(labels));
        var worst = sums[(sums - 1).abs().argmax()].item<double>();
        if (!(Math.Abs(worst - 1) <= SumTolerance))
            throw new ArgumentException($"labels that are mixtures must have rows with sum 1 but a row has sum {worst:g6}. Divide each by its sum: mixtures / mixtures.sum([1], keepdim: true).", nameof(labels));
    }

    /// <summary>Throws unless there is an int64 label for each sample, from 0 to the network's classes.</summary>
    /// <param name="network">The network's class name, for messages.</param>
    /// <param name="classes">Number of its classes, or null where it has none or doesn't check.</param>
    /// <param name="labels">The given labels, or null.</param>
    /// <param name="count">Number of samples.</param>
    /// <exception cref="ArgumentException">The message says what the labels must be and what was given.</exception>
    public static void ThrowIfUnfit(string network, int? classes, Tensor? labels, long count)
    {
        if (labels is null)
        {
            if (classes is { } wanted)
                throw new ArgumentException($"labels must be given: {network} makes a difference between {wanted} classes. Pass an int64 tensor of shape [{count}] with values from 0 to {wanted - 1}.", nameof(labels));
            return;
        }
        if (labels.dtype != ScalarType.Int64)
            throw new ArgumentException($"labels must be int64 but are {labels.dtype}. Convert them: labels.to(ScalarType.Int64).", nameof(labels));
        if (labels.dim() != 1 || labels.size(0) != count)
            throw new ArgumentException($"labels must have shape [{count}], one per sample, but have shape {Shape.Format(labels.shape)}.", nameof(labels));
        if (classes is not { } known)
            return;
        using var scope = NewDisposeScope();
        var (lowest, highest) = (labels.min().item<long>(), labels.max().item<long>());
        if (lowest < 0 || highest >= known)
            throw new ArgumentException($"labels must lie from 0 to {known - 1}, the {known} classes of {network}, but lie from {lowest} to {highest}.", nameof(labels));
    }
}
