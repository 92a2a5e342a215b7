using static TorchSharp.torch;

namespace GanSharp.Networks;

/// <summary>p(y) of generated samples: which classes G is asked to generate in training. Subclass it for your own distribution.</summary>
public abstract class LabelSampler
{
    /// <summary>The classes of the real batch of the same step, so that p(y) is the data's; null where the data has no labels. The default.</summary>
    public static LabelSampler OfData { get; } = new DataLabels();

    /// <summary>All classes with equal probability.</summary>
    /// <param name="classes">Number of classes, at least 1.</param>
    /// <returns>A sampler of classes from 0 to <paramref name="classes"/> − 1 that draws from the run's stream.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is below 1.</exception>
    public static LabelSampler Uniform(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        return new UniformLabels(classes);
    }

    /// <summary>Always the same class.</summary>
    /// <param name="label">The class, at least 0.</param>
    /// <returns>A sampler that draws nothing at random.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="label"/> is below 0.</exception>
    public static LabelSampler Given(long label)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(label);
        return new GivenLabel(label);
    }

    /// <summary>Draws the classes of generated samples.</summary>
    /// <param name="realLabels">Classes of the real samples of the same step, int64 of shape [count], or null where the data has none.</param>
    /// <param name="count">Number of labels.</param>
    /// <param name="random">Source of randomness, on that device.</param>
    /// <param name="device">Device of the result.</param>
    /// <returns>Int64 tensor of shape [count], or null for samples without labels.</returns>
    public abstract Tensor? Sample(Tensor? realLabels, long count, Generator random, Device device);

    /// <summary>The labels that it can draw, where that is known without drawing.</summary>
    internal virtual (long Lowest, long Highest)? Range => null;

    private sealed class DataLabels : LabelSampler
    {
        public override Tensor? Sample(Tensor? realLabels, long count, Generator random, Device device) => realLabels;

        public override string ToString() => "the data's";
    }

    private sealed class UniformLabels(int classes) : LabelSampler
    {
        public int Classes => classes;

        internal override (long Lowest, long Highest)? Range => (0, classes - 1);

        public override Tensor? Sample(Tensor? realLabels, long count, Generator random, Device device) =>
            randint(0, classes, [count], ScalarType.Int64, device, generator: random);
    }

    private sealed class GivenLabel(long label) : LabelSampler
    {
        public long Label => label;

        internal override (long Lowest, long Highest)? Range => (label, label);

        public override Tensor? Sample(Tensor? realLabels, long count, Generator random, Device device) => full([count], label, ScalarType.Int64, device);
    }
}
