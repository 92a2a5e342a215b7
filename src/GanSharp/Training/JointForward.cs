using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Networks.Normalization;
using GanSharp.Networks.Resampling;
using GanSharp.Networks.Weights;
using GanSharp.Randomness;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GanSharp.Training;

/// <summary>One pass of D over real and generated samples together instead of one each: fewer and larger operators.</summary>
internal static class JointForward
{
    private const int ProbeSamples = 16;
    // Above what the order of float32 sums changes, far below what the statistics of another batch change.
    private const double Tolerance = 1e-4;

    /// <summary>What D says of both sides. Both stay tied to their own samples, so that a penalty can differentiate either.</summary>
    public static (DiscriminatorOutput Real, DiscriminatorOutput Fake) Judge(DiscriminatorNetwork discriminator, Tensor real, Tensor fake, Tensor? realLabels, Tensor? fakeLabels)
    {
        var output = discriminator.call(cat([real, fake]), realLabels is null || fakeLabels is null ? null : cat([realLabels, fakeLabels]));
        var (count, packing) = (real.shape[0], discriminator.SamplesPerLogit);
        return (output.Narrow(0, count, packing), output.Narrow(count, fake.shape[0], packing));
    }

    /// <summary>Whether a run's steps take it: as the options say, or else where it is faster and the same.</summary>
    public static bool IsChosen(TrainingOptions options, DiscriminatorNetwork discriminator, Dataset data) => options.JointForward
        ?? (!options.DiscriminatorPenalties.Any(penalty => penalty.NeedsRealGradient || penalty.NeedsFakeGradient) && IsWorthwhile(discriminator) && IsEquivalent(discriminator, data, options.Seed));

    /// <summary>Whether larger operators are faster: for matrix products they are, for convolutions, whose activations leave the cache sooner, they aren't.</summary>
    public static bool IsWorthwhile(DiscriminatorNetwork discriminator) =>
        !discriminator.named_modules().Any(named => named.module is Conv1d or Conv2d or Conv3d or ResampledConvolution or INormalizedLayer { Map.Steps: not null });

    /// <summary>
    /// Whether a joint pass says the same as two: asked of the network itself, in training mode, because a module that looks at its batch
    /// (batch norm, minibatch statistics), draws at random (dropout) or keeps a state (spectral norm) may hide in a user's code.
    /// </summary>
    public static bool IsEquivalent(DiscriminatorNetwork discriminator, Dataset data, long seed)
    {
        // A spectral norm whose vectors have converged keeps a state that doesn't show; the answer must not depend on the weights that a resume replaces.
        if (discriminator.SamplesPerLogit > 1 || discriminator.modules().Any(module => module is SpectralNorm))
            return false;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var before = new NetworkSnapshot(discriminator);
        using var random = GlobalRandom.Fork(seed, "joint pass");
        var device = discriminator.Device();
        var batch = data.Read(seed, 0, (int)Math.Min(ProbeSamples, data.Count ?? ProbeSamples));
        var (first, labels) = (batch.Samples.to(device), batch.Labels?.to(device));
        // Far from the first half, so that statistics over both are those of neither.
        var second = first * -2 + 1;
        try
        {
            discriminator.train();
            var buffers = discriminator.buffers().Select(buffer => buffer.clone()).ToArray();
            var separate = cat([discriminator.call(first, labels).Logits, discriminator.call(second, labels).Logits]);
            var (real, fake) = Judge(discriminator, first, second, labels, labels);
            var keepsState = discriminator.buffers().Zip(buffers).Any(pair => !pair.First.equal(pair.Second).all().item<bool>());
            var difference = (cat([real.Logits, fake.Logits]) - separate).abs().max() / separate.abs().max();
            return !keepsState && difference.to(ScalarType.Float64).item<double>() < Tolerance;
        }
        finally
        {
            before.Restore();
        }
    }
}
