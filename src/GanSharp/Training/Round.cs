using GanSharp.Data;
using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Training;

/// <summary>What one step is played with: real samples, and the latents and labels of as many generated ones.</summary>
/// <param name="generator">G.</param>
/// <param name="real">Samples of p_d.</param>
/// <param name="latents">z.</param>
/// <param name="labels">Classes that G is asked for, or null.</param>
/// <param name="position">A number that no other round of the run has, for its random streams.</param>
/// <param name="isPlayedTwice">Whether G's step uses D's samples: G has not moved between the two, so that one pass of G serves both.</param>
internal sealed class Round(GeneratorNetwork generator, Batch real, Tensor latents, Tensor? labels, long position, bool isPlayedTwice)
{
    private Tensor? fake;

    public Batch Real => real;

    public Tensor Latents => latents;

    public Tensor? Labels => labels;

    public long Position => position;

    /// <summary>Which part of a batch it is, of how many.</summary>
    public (int Index, int Count) Part { get; private init; } = (0, 1);

    /// <summary>G(z) with its graph, for G.</summary>
    public Tensor Fake => fake ??= generator.call(latents, labels);

    /// <summary>G(z) without a graph, for D.</summary>
    public Tensor DetachedFake()
    {
        if (isPlayedTwice)
            return Fake.detach();
        using var frozen = no_grad();
        return generator.call(latents, labels).detach();
    }

    /// <summary>The round in equal parts, for gradients that are accumulated.</summary>
    public IEnumerable<Round> Split(int parts)
    {
        if (parts == 1)
            return [this];
        var size = latents.shape[0] / parts;
        return Enumerable.Range(0, parts).Select(part => (Part: part, Start: part * size)).Select(entry => new Round(
            generator, new Batch(real.Samples.narrow(0, entry.Start, size), real.Labels?.narrow(0, entry.Start, size)),
            latents.narrow(0, entry.Start, size), labels?.narrow(0, entry.Start, size), position + entry.Start, isPlayedTwice: false)
        {
            Part = (entry.Part, parts),
        });
    }
}
