using static TorchSharp.torch;

namespace GanSharp.Augmentations;

/// <summary>Random numbers of augmentations, one a sample, shaped to meet samples of any shape.</summary>
internal static class Draw
{
    /// <summary>One number in [0, 1) a sample, of the samples' type.</summary>
    public static Tensor Uniform(Tensor samples, Generator random) =>
        Rounded(rand(PerSample(samples), Type(samples), samples.device, generator: random), samples);

    /// <summary>One standard normal number a sample, of the samples' type.</summary>
    public static Tensor Normal(Tensor samples, Generator random) =>
        Rounded(randn(PerSample(samples), Type(samples), samples.device, generator: random), samples);

    /// <summary>One whole number in [low, high) a sample.</summary>
    public static Tensor Integer(Tensor samples, long low, long high, Generator random) =>
        randint(low, high, PerSample(samples), ScalarType.Int64, samples.device, generator: random);

    /// <summary>Which samples are meant, each with a probability of its own draw.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="probability">A 0-dimensional tensor.</param>
    /// <param name="random">The stream.</param>
    public static Tensor Chance(Tensor samples, Tensor probability, Generator random) =>
        rand(PerSample(samples), Type(samples), samples.device, generator: random).lt(probability);

    /// <summary>A parameter of a transform where it is meant, and what changes nothing elsewhere.</summary>
    /// <param name="parameter">One value a sample.</param>
    /// <param name="neutral">The value that changes nothing.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="probability">Null where every sample is meant.</param>
    /// <param name="random">The stream.</param>
    public static Tensor Gated(Tensor parameter, double neutral, Tensor samples, Tensor? probability, Generator random) =>
        probability is null ? parameter : where(Chance(samples, probability, random), parameter, full_like(parameter, neutral));

    /// <summary>Standard normal noise of the samples' shape and type.</summary>
    public static Tensor Noise(Tensor samples, Generator random) => Rounded(randn(samples.shape, Type(samples), samples.device, generator: random), samples);

    // Half precision has too few numbers in [0, 1) to draw from.
    private static ScalarType Type(Tensor samples) => samples.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    private static Tensor Rounded(Tensor values, Tensor samples) => values.dtype == samples.dtype ? values : values.to(samples.dtype);

    private static long[] PerSample(Tensor samples) => [samples.shape[0], .. Enumerable.Repeat(1L, (int)samples.dim() - 1)];
}
