using GanSharp.Networks;
using GanSharp.Randomness;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Training.Checks;

/// <summary>Draws labels of generated samples once and checks them.</summary>
internal static class LabelsCheck
{
    /// <exception cref="ArgumentException">The message names the sampler and what its labels must be.</exception>
    public static Tensor? Sample(LabelSampler sampler, GeneratorNetwork generator, TrialBatch trial, long seed)
    {
        var device = generator.Device();
        using var random = SeededRandom.Create(seed, "trial of labels", device: device);
        var labels = sampler.Sample(trial.Labels, trial.Count, random, device);
        if (labels is null)
            return null;
        var name = $"{sampler.GetType().Name}.{nameof(sampler.Sample)}";
        if (labels.IsInvalid || labels.dtype != ScalarType.Int64 || labels.dim() != 1 || labels.size(0) != trial.Count)
            throw new ArgumentException($"{name} must return int64 labels of shape [{trial.Count}] but returned {(labels.IsInvalid ? "a tensor that has been disposed" : $"{labels.dtype} {Shape.Format(labels.shape)}")}.");
        if (generator.Classes is { } classes && (labels.min().item<long>() < 0 || labels.max().item<long>() >= classes))
            throw new ArgumentException($"{name} must return labels from 0 to {classes - 1}, the {classes} classes of {generator.GetType().Name}, but returned {labels.min().item<long>()} to {labels.max().item<long>()}.");
        return labels;
    }
}
