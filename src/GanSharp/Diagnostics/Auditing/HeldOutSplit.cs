using GanSharp.Data;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Networks.Latents;
using GanSharp.Randomness;

namespace GanSharp.Diagnostics.Auditing;

/// <summary>
/// Held-out data in two halves that share no sample, each with as many fresh samples of G: the first for stopping and calibration, the second for the bound.
/// A pure function of data, G and options: drawing it again gives the same samples.
/// </summary>
internal sealed class HeldOutSplit
{
    /// <summary>Below this number the normal interval of a mean of skewed logits is unreliable.</summary>
    public const int SmallestHalf = 100;

    private readonly Dataset heldOut;
    private readonly GeneratorNetwork generator;
    private readonly LabelSampler sampler;
    private readonly long seed;

    public HeldOutSplit(Dataset data, GeneratorNetwork generator, AuditOptions options, LabelSampler sampler)
    {
        heldOut = data.HeldOut ?? throw new DiagnosticRefusedException(
            $"'{data.Name}' has no held-out data, and on the data that it was trained on a discriminator overstates the divergence. Set a part aside, for instance with InMemoryDataset.Split.");
        if (heldOut.Count < 2 * SmallestHalf)
            throw new DiagnosticRefusedException(
                $"'{data.Name}' holds out {heldOut.Count} samples, but an audit needs {2 * SmallestHalf}: {SmallestHalf} to calibrate on and {SmallestHalf} to read. Hold out more.");
        if (data.Count < 2)
            throw new DiagnosticRefusedException($"'{data.Name}' has one sample to train an auditor on, from which no interval can be read. Use more data.");
        (this.generator, this.sampler, seed) = (generator, sampler, options.Seed);
        Half = (int)(Math.Min(options.HeldOutSamples, heldOut.Count ?? long.MaxValue) / 2);
    }

    /// <summary>Samples in each half.</summary>
    public int Half { get; }

    /// <summary>Split B.</summary>
    public ComparedSamples Calibration() => Draw(0);

    /// <summary>Split C.</summary>
    public ComparedSamples Reading() => Draw(1);

    private ComparedSamples Draw(int half)
    {
        // Within one epoch of a finite data set, so without repetition across the halves.
        var real = heldOut.Read(seed, (long)half * Half, Half);
        using var random = SeededRandom.Create(seed, "held-out latents of an audit", half, generator.Device());
        using var labelRandom = SeededRandom.Create(seed, "held-out labels of an audit", half, generator.Device());
        var asked = AskedLabels.Of(generator, sampler, real.Labels, Half, labelRandom);
        return new ComparedSamples(real.Samples, generator.Sample(Half, asked.Labels, random), real.Labels, asked.AreShared);
    }
}
