using GanSharp.Randomness;
using GanSharp.Runtime;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Training.Checks;

/// <summary>Applies an augmentation once and checks the result.</summary>
internal static class AugmentationCheck
{
    /// <returns>The augmented samples; the samples themselves where there is no augmentation.</returns>
    /// <exception cref="ArgumentException">The message names the augmentation and what to change.</exception>
    public static Tensor Apply(TrialSettings settings, Tensor samples)
    {
        if (settings.Augmentation is not { } augmentation)
            return samples;
        var name = $"{augmentation.GetType().Name}.{nameof(augmentation.Apply)}";
        using var random = SeededRandom.Create(settings.Seed, "trial of an augmentation", device: samples.device);
        Tensor augmented;
        try
        {
            augmented = augmentation.Apply(samples, random, stepsTaken: 0);
        }
        catch (Exception exception) when (!OutOfMemory.Explains(exception))
        {
            throw new ArgumentException($"{name} failed on samples of shape {Shape.Format(samples.shape)}: {FirstLine.Of(exception)}.", exception);
        }
        if (augmented is not { IsInvalid: false } || !augmented.shape.SequenceEqual(samples.shape) || augmented.dtype != samples.dtype)
            throw new ArgumentException($"{name} must return {samples.dtype} samples of shape {Shape.Format(samples.shape)}, as it was given, but returned {(augmented is not { IsInvalid: false } ? "none" : $"{augmented.dtype} {Shape.Format(augmented.shape)}")}.");
        if (samples.requires_grad && !augmented.requires_grad)
            throw new ArgumentException($"{name} must be differentiable in the samples, but what it returns carries no gradient, so G would learn nothing: it is cut off by detach, no_grad or a value that was read out.");
        return augmented;
    }
}
