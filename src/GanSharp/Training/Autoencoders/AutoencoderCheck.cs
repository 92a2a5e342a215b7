using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Networks.Autoencoders;
using GanSharp.Networks.Weights;
using GanSharp.Randomness;
using GanSharp.Runtime;
using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Training.Autoencoders;

/// <summary>Runs a small batch through a VAE before training, so that a mistake in a subclass is reported at once. Afterwards everything is as it was.</summary>
internal static class AutoencoderCheck
{
    private const int TrialSamples = 4;

    /// <summary>Throws where it can't be trained.</summary>
    /// <exception cref="NetworkException">The message names the part and what to do.</exception>
    public static void ThrowIfUnusable(VariationalAutoencoder autoencoder, Dataset data, AutoencoderOptions options)
    {
        Module[] parts = [autoencoder.Encoder, autoencoder.Decoder, autoencoder.Likelihood];
        Disposal.ThrowIfDisposed(autoencoder);
        foreach (var part in parts)
        {
            Disposal.ThrowIfPartlyDisposed(part);
            RegistrationCheck.ThrowIfUnregistered(part);
            TypeCheck.ThrowIfNotFloat32(part);
        }
        if (!autoencoder.parameters().Any(parameter => parameter.requires_grad))
            throw new NetworkException("Nothing to train: every parameter of the autoencoder is frozen, or it has none.");
        if (autoencoder.parameters().Select(parameter => parameter.device.ToString()).Distinct().ToArray() is { Length: > 1 } devices)
            throw new NetworkException($"The autoencoder is on several devices ({string.Join(", ", devices)}); move all of it to one before making the trainer.");
        using var random = GlobalRandom.Fork(options.Seed, "network check");
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var before = new NetworkSnapshot(autoencoder);
        using var refusing = TrialRun.RefusingLoneValues(autoencoder, $"a BatchSize of {options.BatchSize}");
        var device = autoencoder.Decoder.Device();
        var (samples, labels) = data.Read(options.Seed, 0, Math.Min(options.BatchSize, TrialSamples));
        try
        {
            autoencoder.train();
            Try(autoencoder, samples.to(device), labels?.to(device));
        }
        catch (Exception exception) when (exception is not NetworkException && !OutOfMemory.Explains(exception))
        {
            throw new NetworkException($"The autoencoder failed on samples of shape {Shape.Format(samples.shape)}: {FirstLine.Of(exception)}.", exception);
        }
        finally
        {
            before.Restore();
        }
    }

    private static void Try(VariationalAutoencoder autoencoder, Tensor samples, Tensor? labels)
    {
        var (count, latents) = (samples.shape[0], autoencoder.Encoder.LatentSize);
        var posterior = autoencoder.Encoder.call(samples);
        foreach (var (name, values) in new[] { (nameof(posterior.Mean), posterior.Mean), (nameof(posterior.LogVariance), posterior.LogVariance) })
            if (!values.shape.SequenceEqual([count, latents]))
                throw new NetworkException($"{autoencoder.Encoder.GetType().Name}.forward must return a {name} of shape {Shape.Format([count, latents])} for {count} samples but returned {Shape.Format(values.shape)}.");
        var bound = autoencoder.Bound(samples, labels);
        if (!bound.Reconstruction.shape.SequenceEqual([count]))
            throw new NetworkException($"{autoencoder.Likelihood.GetType().Name}.forward must return ln p(x | z) of shape {Shape.Format([count])} for {count} samples but returned {Shape.Format(bound.Reconstruction.shape)}.");
        if (!bound.Value.isfinite().all().item<bool>())
            throw new NetworkException($"The bound of the first {count} samples isn't finite. Check the data's range, which the decoder and {autoencoder.Likelihood.GetType().Name} must be able to reach, and the first weights.");
    }
}
