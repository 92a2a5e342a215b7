using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Randomness;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Training.Checks;

/// <summary>Draws labels of generated samples once and checks them.</summary>
internal static class LabelsCheck
{
    /// <exception cref="ArgumentException">The message names the sampler and what its labels must be.</exception>
    public static Tensor? Sample(LabelSampler sampler, GeneratorNetwork generator, DiscriminatorNetwork discriminator, TrialBatch trial, long seed)
    {
        var device = generator.Device();
        using var random = SeededRandom.Create(seed, "trial of labels", device: device);
        using var state = OwnState.Of(sampler);
        var labels = sampler.Sample(trial.Labels, trial.Count, random, device);
        var name = Name(sampler);
        if (labels is null)
            return generator.Classes is not { } asked ? null
                : throw new ArgumentException($"{name} must return labels from 0 to {asked - 1}, the {asked} classes of {generator.GetType().Name}, but returned none.");
        if (labels.IsInvalid || labels.dtype != ScalarType.Int64 || labels.dim() != 1 || labels.size(0) != trial.Count)
            throw new ArgumentException($"{name} must return int64 labels of shape [{trial.Count}] but returned {(labels.IsInvalid ? "a tensor that has been disposed" : $"{labels.dtype} {Shape.Format(labels.shape)}")}.");
        foreach (var (network, known) in new (nn.Module, int?)[] { (generator, generator.Classes), (discriminator, discriminator.Classes) })
            if (known is { } classes && Range(sampler, labels) is var (lowest, highest) && (lowest < 0 || highest >= classes))
                throw new ArgumentException($"{name} must return labels from 0 to {classes - 1}, the {classes} classes of {network.GetType().Name}, but returned {lowest} to {highest}.");
        return labels;
    }

    /// <summary>Throws where a label has no place among D's class logits: torch's cross-entropy would fail at the first such sample, which may come late.</summary>
    /// <param name="discriminator">D.</param>
    /// <param name="classLogits">What it returned, or null.</param>
    /// <param name="data">The data.</param>
    /// <param name="batch">Its first samples.</param>
    /// <param name="asked">The classes that the sampler asks G for, or null.</param>
    /// <param name="settings">The objective and the sampler.</param>
    /// <exception cref="NetworkException">Labels of the data don't fit.</exception>
    /// <exception cref="ArgumentException">Labels of the sampler don't fit.</exception>
    public static void ThrowIfBeyondClassLogits(DiscriminatorNetwork discriminator, Tensor? classLogits, Dataset data, TrialBatch batch, Tensor? asked, TrialSettings settings)
    {
        // Another shape is for the objective to refuse.
        if (classLogits is null || classLogits.dim() != 2)
            return;
        var (classes, name) = (classLogits.size(1), discriminator.GetType().Name);
        bool Fit((long Lowest, long Highest) range) => range.Lowest >= 0 && range.Highest < classes;
        if (batch.Labels is not null && (settings.Labels == LabelSampler.OfData || !ReadsCodeAlone(settings.Objective)) && DataCheck.Range(data, batch.Labels) is var ofData && !Fit(ofData))
            throw new NetworkException($"{name}.forward returns ClassLogits of {classes} classes, so that labels must lie from 0 to {classes - 1}, but those of '{data.Name}' lie from {ofData.Lowest} to {ofData.Highest}. {(ofData.Lowest > 0 && ofData.Highest - ofData.Lowest < classes ? $"Subtract {ofData.Lowest} from them" : $"Number them from 0, or give {name} as many classes as there are")}.");
        if (asked is not null && Range(settings.Labels, asked) is var ofSampler && !Fit(ofSampler))
            throw new ArgumentException($"{Name(settings.Labels)} must return labels from 0 to {classes - 1}, the {classes} classes of which {name} returns ClassLogits, but returned {ofSampler.Lowest} to {ofSampler.Highest}.");
    }

    private static string Name(LabelSampler sampler) => $"{sampler.GetType().Name}.{nameof(sampler.Sample)}";

    private static (long Lowest, long Highest) Range(LabelSampler sampler, Tensor labels) => sampler.Range ?? (labels.min().item<long>(), labels.max().item<long>());

    /// <summary>Whether D's class logits are of InfoGAN's code, for which the classes of the data mean nothing.</summary>
    private static bool ReadsCodeAlone(GanObjective objective)
    {
        var readsCode = false;
        for (; objective is ObjectiveWrapper wrapper; objective = wrapper.Game)
        {
            if (wrapper is AuxiliaryClassifier)
                return false;
            readsCode |= wrapper is InfoGan;
        }
        return readsCode;
    }
}
