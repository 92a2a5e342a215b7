using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Networks.Latents;
using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Auditing;

/// <summary>Split A: batches of training data with fresh samples of G, each a pure function of its number.</summary>
internal sealed class TrainingSplit(GeneratorNetwork generator, Dataset data, AuditOptions options, LabelSampler sampler)
{
    private readonly Device device = generator.Device();

    /// <summary>The batch of a step, on the generator's device.</summary>
    public ComparedSamples Draw(long step)
    {
        using var scope = NewDisposeScope();
        var real = data.Read(options.Seed, step * options.BatchSize, options.BatchSize);
        var labels = real.Labels?.to(device);
        using var random = SeededRandom.Create(options.Seed, "training latents of an audit", step, device);
        using var labelRandom = SeededRandom.Create(options.Seed, "training labels of an audit", step, device);
        var asked = AskedLabels.Of(generator, sampler, labels, options.BatchSize, labelRandom);
        var fake = generator.Sample(options.BatchSize, asked.Labels, random);
        return new ComparedSamples(real.Samples.to(device).MoveToOuterDisposeScope(), fake.MoveToOuterDisposeScope(), labels?.MoveToOuterDisposeScope(), asked.AreShared);
    }

    /// <summary>The first samples that training used: at most <paramref name="count"/>, with each real sample of a finite data set once.</summary>
    public ComparedSamples Seen(int steps, int count)
    {
        using var scope = NewDisposeScope();
        var distinct = (int)Math.Min(Math.Min(count, (long)steps * options.BatchSize), data.Count ?? long.MaxValue);
        var batches = Enumerable.Range(0, (distinct + options.BatchSize - 1) / options.BatchSize).Select(step => Draw(step)).ToArray();
        Tensor Join(IEnumerable<Tensor> parts) => cat([.. parts]).narrow(0, 0, distinct).contiguous().MoveToOuterDisposeScope();
        return new ComparedSamples(
            Join(batches.Select(batch => batch.Real)),
            Join(batches.Select(batch => batch.Fake)),
            batches[0].Labels is null ? null : Join(batches.Select(batch => batch.Labels!)),
            batches.All(batch => batch.ArePairs));
    }
}
