using GanSharp.Networks;
using GanSharp.Networks.Latents;
using GanSharp.Networks.StyleGan;
using static TorchSharp.torch;

namespace GanSharp.Reporting;

/// <summary>The samples of a walk through latent space, frame by frame, for <see cref="Animation"/>.</summary>
/// <example>
/// <code>
/// using var average = trainer.UseAverage();
/// Animation.Save(new LatentWalk().Frames(generator), "walk.gif");
/// </code>
/// </example>
public static class LatentWalkFrames
{
    /// <summary>The generator's samples along the walk. The noise of a StyleGAN2 stands still.</summary>
    /// <param name="walk">The walk.</param>
    /// <param name="generator">G with the weights to show, such as the average while <c>trainer.UseAverage()</c> lasts.</param>
    /// <param name="labels">Int64 tensor of shape [Walks] with the class of each walk; null for none.</param>
    /// <param name="label">One class for all walks, instead of <paramref name="labels"/>; null for none.</param>
    /// <returns>Tensors of shape [Walks, …], each until the next one is asked for.</returns>
    public static IEnumerable<Tensor> Frames(this LatentWalk walk, GeneratorNetwork generator, Tensor? labels = null, long? label = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return Frames(walk, generator.Prior, latents => generator.Sample(latents, labels, label), (generator as StyleGan2Generator)?.NoiseSize ?? 0);
    }

    /// <summary>What a function makes of the walk's latents: <c>z => trainer.Sample(z)</c>, or <c>z => styleGan.SampleTruncated(z, 0.7)</c>.</summary>
    /// <param name="walk">The walk.</param>
    /// <param name="prior">The generator's prior.</param>
    /// <param name="sample">Makes the samples of latents, a float32 tensor of shape [Walks, size of the prior] on the CPU; what it returns is disposed here.</param>
    /// <param name="held">How many of a latent vector's last values stay what they are at the beginning: a <see cref="StyleGan2Generator.NoiseSize"/>. Default 0.</param>
    /// <returns>What the function returns, of shape [Walks, …], each until the next one is asked for.</returns>
    /// <exception cref="ArgumentException">The walk and the prior don't fit, see <see cref="LatentWalk.Latents"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="held"/> is below 0 or above the prior's size.</exception>
    public static IEnumerable<Tensor> Frames(this LatentWalk walk, LatentPrior prior, Func<Tensor, Tensor> sample, int held = 0)
    {
        ArgumentNullException.ThrowIfNull(walk);
        ArgumentNullException.ThrowIfNull(prior);
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentOutOfRangeException.ThrowIfNegative(held);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(held, prior.Size);
        // Faults are found before the first frame, and a sequence that nobody enumerates holds no native memory.
        using var scope = NewDisposeScope();
        var latents = walk.Latents(prior);
        if (held > 0)
            latents.narrow(2, prior.Size - held, held).copy_(latents[0].narrow(1, prior.Size - held, held).clone());
        return Frames(latents.data<float>().ToArray(), walk.Walks, prior.Size, sample);
    }

    private static IEnumerable<Tensor> Frames(float[] latents, int walks, int size, Func<Tensor, Tensor> sample)
    {
        for (var start = 0; start < latents.Length; start += walks * size)
        {
            // No dispose scope may stay open while the caller has the frame.
            using var frame = Frame(latents.AsMemory(start, walks * size), size, sample);
            yield return frame;
        }
    }

    private static Tensor Frame(ReadOnlyMemory<float> latents, int size, Func<Tensor, Tensor> sample)
    {
        using var scope = NewDisposeScope();
        return sample(tensor(latents.ToArray()).view(-1, size)).DetachFromDisposeScope();
    }
}
