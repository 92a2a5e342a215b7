using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Training.Checks;

/// <summary>Checks that the data has what the networks and the diagnostics need.</summary>
internal static class DataCheck
{
    private static readonly long[] ChannelCounts = [1, 3, 4];

    public static void ThrowIfUnfit(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, TrialBatch batch, TrialSettings settings)
    {
        if (generator.Classes is < 1)
            throw new NetworkException(NoClasses(generator, generator.Classes.Value));
        // Another sampler's labels are checked where it is tried: they may be none of the data's, as InfoGAN's code is.
        if (settings.Labels == LabelSampler.OfData)
            ThrowIfLabelsAreUnfit(generator, generator.Classes, data, batch, $" For classes that aren't the data's ({nameof(InfoGan)}), set Labels = LabelSampler.Uniform({generator.Classes}).");
        ThrowIfLabelsAreUnfit(discriminator, discriminator.Classes, data, batch, "");
        if (!settings.Measures || data.HeldOut is not { } heldOut)
            return;
        if (!heldOut.SampleShape.SequenceEqual(data.SampleShape))
            throw new InvalidDatasetException($"'{data.Name}' must have held-out samples of its own shape {Shape.Format(data.SampleShape)} but '{heldOut.Name}' has {Shape.Format(heldOut.SampleShape)}.");
        using var scope = NewDisposeScope();
        var seen = heldOut.Read(settings.Seed, 0, (int)Math.Min(batch.Count, heldOut.Count ?? batch.Count));
        if (seen.Labels is null != batch.Labels is null)
            throw new InvalidDatasetException($"'{data.Name}' must have labels for its training samples and its held-out samples, or for neither, but has them for the {(seen.Labels is null ? "training" : "held-out")} samples alone.");
    }

    /// <summary>A hint for a shape mismatch between G's samples and the data, where the data's last size looks like channels.</summary>
    public static string ChannelsHint(Dataset data, Tensor fake) =>
        data.SampleShape is [var height, var width, var channels] && ChannelCounts.Contains(channels) && !ChannelCounts.Contains(height)
            && fake.dim() == 4 && (fake.size(1) == channels || ChannelCounts.Contains(fake.size(1)))
            ? $" The data's images have their channels last ({height} × {width} × {channels}), but GanSharp, like torch, has them first: permute the samples of shape [N, {height}, {width}, {channels}] with permute(0, 3, 1, 2)."
            : "";

    /// <summary>The lowest and the highest label of the data, or of a batch where only that is known.</summary>
    public static (long Lowest, long Highest) Range(Dataset data, Tensor labels) => data.LabelRange ?? (labels.min().item<long>(), labels.max().item<long>());

    private static string NoClasses(nn.Module network, int classes) => $"{network.GetType().Name}.Classes must be at least 1, or null, but is {classes}.";

    private static void ThrowIfLabelsAreUnfit(nn.Module network, int? classes, Dataset data, TrialBatch batch, string otherAdvice)
    {
        if (classes is not { } known)
            return;
        var name = network.GetType().Name;
        if (known < 1)
            throw new NetworkException(NoClasses(network, known));
        if (batch.Labels is null)
            throw new NetworkException($"{name} makes a difference between {known} classes, but '{data.Name}' has no labels. Give the data int64 labels from 0 to {known - 1}, or leave {name}.Classes null.{otherAdvice}");
        var (lowest, highest) = Range(data, batch.Labels);
        if (lowest < 0 || highest >= known)
            throw new NetworkException($"{name} makes a difference between {known} classes, so that labels must lie from 0 to {known - 1}, but those of '{data.Name}' lie from {lowest} to {highest}.{otherAdvice}");
    }
}
