using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Networks.Latents;
using GanSharp.Randomness;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Metrics;

/// <summary>
/// What a metric measures: real samples and generated ones, in batches that are made when they are asked for. A metric that reads each once needs memory for a
/// batch and not for the data.
/// </summary>
public sealed class MetricContext
{
    private const int DefaultBatchSize = 256;
    private readonly GeneratorNetwork? generator;
    private readonly Dataset? generated;
    private readonly Dataset source, training;
    private bool isOver;

    /// <summary>For a measurement outside of a training run; within one, the run makes it.</summary>
    /// <param name="generator">G, as it is.</param>
    /// <param name="data">p_d; real samples are of its held-out part where it has one.</param>
    /// <param name="seed">Determines which real samples are drawn and, with <paramref name="step"/>, the latents. Default 0.</param>
    /// <param name="step">Generator steps taken. Default 0.</param>
    /// <param name="cancellationToken">Ends the sequences of batches with an <see cref="OperationCanceledException"/>.</param>
    public MetricContext(GeneratorNetwork generator, Dataset data, long seed = 0, long step = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(data);
        (this.generator, training, source, Seed, Step, CancellationToken) = (generator, data, data.HeldOut ?? data, seed, step, cancellationToken);
        (IsHeldOut, Device) = (data.HeldOut is not null, generator.Device());
    }

    /// <summary>For samples that were generated before: of a folder, of another library.</summary>
    /// <param name="data">p_d; real samples are of its held-out part where it has one.</param>
    /// <param name="generated">Generated samples, of the same shape; all of them, so its held-out part is not used apart.</param>
    /// <param name="seed">Determines which samples are drawn, and in which order. Default 0.</param>
    /// <param name="cancellationToken">Ends the sequences of batches with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">The samples have different shapes.</exception>
    public MetricContext(Dataset data, Dataset generated, long seed = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(generated);
        if (!data.SampleShape.SequenceEqual(generated.SampleShape))
            throw new ArgumentException($"generated must hold samples of shape {Shape.Format(data.SampleShape)} like '{data.Name}' but '{generated.Name}' holds samples of shape {Shape.Format(generated.SampleShape)}.", nameof(generated));
        (this.generated, training, source, Seed, CancellationToken) = (generated, data, data.HeldOut ?? data, seed, cancellationToken);
        (IsHeldOut, Device) = (data.HeldOut is not null, CPU);
    }

    /// <summary>The run's seed.</summary>
    public long Seed { get; }

    /// <summary>Generator steps taken.</summary>
    public long Step { get; }

    /// <summary>Shape of one sample: [channels, height, width] for images.</summary>
    public IReadOnlyList<long> SampleShape => source.SampleShape;

    /// <summary>Where the samples are: the generator's device.</summary>
    public Device Device { get; }

    /// <summary>Ends the measurement; a metric that computes long beside reading batches asks it.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>How many different real samples there are; null where every draw is fresh.</summary>
    public long? RealCount => source.Count;

    /// <summary>How many different training samples there are; null where every draw is fresh.</summary>
    public long? TrainingCount => training.Count;

    /// <summary>How many generated samples there are; null where a generator makes as many as are asked for.</summary>
    public long? GeneratedCount => generated?.Count;

    /// <summary>Whether the real samples are held out from training. False where the data has no held-out part: they are then the training data.</summary>
    public bool IsHeldOut { get; }

    /// <summary>
    /// Real samples: the first of the shuffled sequence of the seed, so the same at every report, and a metric may keep what it computed from them. Each comes once:
    /// where there are fewer than asked for, all of them.
    /// </summary>
    /// <param name="samples">How many, at least 1.</param>
    /// <param name="batchSize">Samples in a batch, at least 1; the last may have fewer. Default 256.</param>
    /// <returns>A batch is valid until the next one is asked for, which disposes it. The sequence can be read more than once.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> or <paramref name="batchSize"/> is below 1.</exception>
    public IEnumerable<Batch> Real(long samples, int batchSize = DefaultBatchSize)
    {
        ThrowIfNotReadable(samples, batchSize);
        return Batches(Math.Min(samples, RealCount ?? samples), batchSize, ReadReal);
    }

    /// <summary>Training samples, none of which is held out: those that a generator may have memorized. Where <see cref="IsHeldOut"/> is false, they are the real samples.</summary>
    /// <inheritdoc cref="Real"/>
    public IEnumerable<Batch> Training(long samples, int batchSize = DefaultBatchSize)
    {
        ThrowIfNotReadable(samples, batchSize);
        return Batches(Math.Min(samples, TrainingCount ?? samples), batchSize, (position, count) => Read(training, Seed, position, count));
    }

    /// <summary>Generated samples, of latents that the seed and the step determine, in evaluation mode. Where the data has labels, a conditional generator is asked for those of training samples, drawn apart from the real ones: with the labels of the samples that it is compared with, distances would be too small. Where the data has no labels, or others than the generator, a run asks for those of its <c>LabelSampler</c>.</summary>
    /// <inheritdoc cref="Real"/>
    public IEnumerable<Batch> Generated(long samples, int batchSize = DefaultBatchSize)
    {
        ThrowIfNotReadable(samples, batchSize);
        return generated is null ? Generate(generator!, samples, batchSize) : Batches(Math.Min(samples, generated.Count ?? samples), batchSize, (position, count) => Read(generated, Other("generated samples"), position, count));
    }

    /// <summary>p(z) of the generator; null where the samples were generated before.</summary>
    public LatentPrior? Prior => generator?.Prior;

    /// <summary>G(z) in evaluation mode, for a metric that walks through latent space.</summary>
    /// <param name="latents">Float32 tensor of shape [N, <see cref="LatentPrior.Size"/>] on any device.</param>
    /// <param name="labels">Int64 tensor of shape [N] with the class of each sample; null for none. A network that isn't conditional ignores it.</param>
    /// <returns>Tensor of shape [N, …] on <see cref="Device"/>.</returns>
    /// <exception cref="InvalidOperationException">There is no generator (<see cref="Prior"/> is null), or the measurement has ended.</exception>
    /// <exception cref="ArgumentException">Latents or labels don't fit the generator.</exception>
    public Tensor Sample(Tensor latents, Tensor? labels = null)
    {
        ThrowIfOver();
        return generator?.Sample(latents, labels) ?? throw new InvalidOperationException("The samples of this context were generated before, so there is no generator to sample from.");
    }

    /// <summary>The classes that the generator is asked for where the data has none.</summary>
    internal LabelSampler Labels { get; init; } = LabelSampler.OfData;

    /// <summary>The classes to ask the generator for at some places of the seed's sequence: those of the real samples there, or the sampler's; null for none.</summary>
    internal Tensor? LabelsAt(long position, int count)
    {
        ThrowIfOver();
        using var scope = NewDisposeScope();
        using var random = SeededRandom.Create(Seed, "labels of places", position, Device);
        var real = ReadReal(position, count).Labels;
        return (generator is null ? real : AskedLabels.Of(generator, Labels, real, count, random).Labels)?.MoveToOuterDisposeScope();
    }

    /// <summary>As many of the samples that are wanted as both sides have.</summary>
    internal long Available(long samples) => Math.Min(samples, Math.Min(RealCount ?? samples, GeneratedCount ?? samples));

    /// <summary>Where metrics that are measured together leave what they compute alike; null for one by itself.</summary>
    internal SharedTensors? Shared { get; init; }

    /// <summary>The measurement has ended: what still holds a sequence of batches must not read from networks in training.</summary>
    internal void End() => isOver = true;

    private IEnumerable<Batch> Generate(GeneratorNetwork generator, long samples, int batchSize)
    {
        using var random = SeededRandom.Create(Seed, "metric latents", Step, Device);
        using var labelRandom = SeededRandom.Create(Seed, "metric labels", Step, Device);
        var hasLabels = true;
        Batch Make(long position, int count)
        {
            using var scope = NewDisposeScope();
            var known = hasLabels ? training.ReadLabels(Other("labels to ask for"), position, count)?.to(Device) : null;
            hasLabels = known is not null;
            var labels = AskedLabels.Of(generator, Labels, known, count, labelRandom).Labels;
            return new Batch(generator.Sample(count, labels, random).MoveToOuterDisposeScope(), labels?.MoveToOuterDisposeScope());
        }
        foreach (var batch in Batches(samples, batchSize, Make))
            yield return batch;
    }

    private IEnumerable<Batch> Batches(long samples, int batchSize, Func<long, int, Batch> make)
    {
        for (long done = 0; done < samples; done += batchSize)
        {
            ThrowIfOver();
            CancellationToken.ThrowIfCancellationRequested();
            var batch = make(done, (int)Math.Min(batchSize, samples - done));
            yield return batch;
            batch.Samples.Dispose();
            batch.Labels?.Dispose();
        }
    }

    private void ThrowIfOver()
    {
        if (isOver)
            throw new InvalidOperationException("The measurement of this context has ended, so it makes no more batches. Read them within IMetric.Measure.");
    }

    private Batch ReadReal(long position, int count) => Read(source, Seed, position, count);

    /// <summary>The seed of another sequence: two data sets of one size and one seed would be read in the same order.</summary>
    private long Other(string sequence) => unchecked((long)SeededRandom.Mix(Seed, sequence, 0));

    private Batch Read(Dataset from, long seed, long position, int count)
    {
        using var scope = NewDisposeScope();
        var (samples, labels) = from.Read(seed, position, count);
        return new Batch(samples.to(Device).MoveToOuterDisposeScope(), labels?.to(Device).MoveToOuterDisposeScope());
    }

    private static void ThrowIfNotReadable(long samples, int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
    }
}
