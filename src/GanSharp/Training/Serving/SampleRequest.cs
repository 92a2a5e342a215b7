using GanSharp.Networks;
using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Training.Serving;

/// <summary>A request for samples.</summary>
/// <param name="Count">Number of samples.</param>
/// <param name="Seed">Determines the latents where none are given, and the network's noise.</param>
/// <param name="Labels">A class or a mixture of classes for each sample, or null.</param>
/// <param name="Label">One class for all of them, or null.</param>
/// <param name="Latents">z, or null to draw it.</param>
internal sealed record SampleRequest(int Count, long Seed, Tensor? Labels = null, long? Label = null, Tensor? Latents = null)
{
    /// <summary>Samples for given latents.</summary>
    /// <exception cref="ArgumentException">The latents aren't of shape [N, …] with N at least 1.</exception>
    public static SampleRequest Of(Tensor latents, long seed, Tensor? labels, long? label)
    {
        ArgumentNullException.ThrowIfNull(latents);
        return latents.dim() == 2 && latents.shape[0] >= 1 ? new((int)latents.shape[0], seed, labels, label, latents)
            : throw new ArgumentException($"latents must have shape [N, size of the prior] with N at least 1 but have shape {Tensors.Shape.Format(latents.shape)}.", nameof(latents));
    }

    /// <summary>The requested classes, in the current dispose scope; null for none.</summary>
    public Tensor? AllLabels() => LabelCheck.Combined(Labels, Label, Count);

    /// <summary>Generates the samples.</summary>
    public Tensor Draw(GeneratorNetwork network)
    {
        using var scope = NewDisposeScope();
        var device = network.Device();
        var labels = AllLabels()?.to(device);
        if (Latents is not null)
            return network.Sample(Latents.to(device), labels).MoveToOuterDisposeScope();
        using var random = SeededRandom.Create(Seed, "samples", device: device);
        return network.Sample(Count, labels, random).MoveToOuterDisposeScope();
    }
}
