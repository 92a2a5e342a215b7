using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Randomness;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Training.Checks;

/// <summary>A few real samples and latents for the checks before training.</summary>
/// <param name="Latents">Shape [N, size of the prior].</param>
/// <param name="Samples">Shape [N, …].</param>
/// <param name="Labels">Shape [N], or null.</param>
internal sealed record TrialBatch(Tensor Latents, Tensor Samples, Tensor? Labels)
{
    private const int ProbeSamples = 16;

    public int Count => (int)Latents.shape[0];

    /// <summary>The first samples of the data's sequence, a multiple of the number of samples per logit, on the networks' device.</summary>
    /// <exception cref="InvalidDatasetException">The data set's result isn't valid.</exception>
    /// <exception cref="NetworkException">The prior's result isn't valid.</exception>
    public static TrialBatch Draw(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, long seed)
    {
        var packing = discriminator.SamplesPerLogit;
        var count = Math.Max(packing, (int)Math.Min(ProbeSamples, data.Count ?? ProbeSamples) / packing * packing);
        var real = data.Read(seed, 0, count);
        using var random = SeededRandom.Create(seed, "network check", device: generator.Device());
        var latents = generator.Prior.Sample(count, random, generator.Device());
        if (latents is null || latents.IsInvalid || latents.dtype != ScalarType.Float32 || latents.dim() != 2 || latents.size(0) != count || latents.size(1) != generator.Prior.Size)
            throw new NetworkException($"{generator.Prior.GetType().Name}.Sample must return float32 latents of shape {Shape.Format([count, generator.Prior.Size])} but returned {(latents is null || latents.IsInvalid ? "none" : $"{latents.dtype} {Shape.Format(latents.shape)}")}.");
        return new TrialBatch(latents, real.Samples.to(discriminator.Device()), real.Labels?.to(discriminator.Device()));
    }

    /// <summary>The first few of them.</summary>
    public TrialBatch Take(int count) => new(Latents.narrow(0, 0, count), Samples.narrow(0, 0, count), Labels?.narrow(0, 0, count));
}
