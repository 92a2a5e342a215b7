using System.Globalization;
using GanSharp.Data.Images;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Features;

/// <summary>How images in [−1, 1] become what a network of someone else was trained on. It moves a Fréchet distance by several points (Parmar et al. 2022), so all of it stands in a record.</summary>
/// <param name="Image">Shape of the network's input. Gray images are repeated to three channels; other channels must fit.</param>
public sealed record ImagePreparation(ImageShape Image)
{
    /// <summary>What black (−1) becomes, before <see cref="Mean"/> is subtracted. Default 0.</summary>
    public double Lowest { get; init; }

    /// <summary>What white (1) becomes. Default 1; 255 for networks that take bytes.</summary>
    public double Highest { get; init; } = 1;

    /// <summary>Subtracted from each channel; one number per channel, or none (the default).</summary>
    public IReadOnlyList<double> Mean { get; init; } = [];

    /// <summary>What each channel is divided by, after the subtraction; one number per channel, or none (the default).</summary>
    public IReadOnlyList<double> StandardDeviation { get; init; } = [];

    /// <summary>Inputs of the ImageNet networks of torchvision: [0, 1], then their means and standard deviations.</summary>
    /// <param name="side">Height and width. Default 224.</param>
    /// <returns>A preparation to [N, 3, side, side].</returns>
    public static ImagePreparation ImageNet(int side = 224) =>
        new(new ImageShape(3, side, side)) { Mean = [0.485, 0.456, 0.406], StandardDeviation = [0.229, 0.224, 0.225] };

    /// <summary>All of it by name, sorted.</summary>
    public IReadOnlyDictionary<string, string> Settings
    {
        get
        {
            static string Join(IEnumerable<double> numbers) => string.Join(", ", numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));
            var settings = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["resize"] = $"{Image}, bilinear up, mean of areas down",
                ["range"] = Join([Lowest, Highest]),
                ["channels"] = "gray repeated",
            };
            if (Mean.Count > 0)
                settings["mean"] = Join(Mean);
            if (StandardDeviation.Count > 0)
                settings["standard deviation"] = Join(StandardDeviation);
            return settings;
        }
    }

    /// <summary>Prepares images.</summary>
    /// <param name="samples">Float tensor of shape [N, channels, height, width] in [−1, 1].</param>
    /// <returns>Float32 tensor of shape [N, <see cref="Image"/>] on the same device.</returns>
    /// <exception cref="ArgumentException">They aren't images, or have channels that don't fit.</exception>
    /// <exception cref="InvalidOperationException">The means or deviations aren't one number per channel.</exception>
    public Tensor Apply(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.dim() != 4 || (samples.shape[1] != Image.Channels && !(samples.shape[1] == 1 && Image.Channels == 3)))
            throw new ArgumentException($"samples must have shape [N, {Image.Channels}, height, width]{(Image.Channels == 3 ? ", or 1 channel," : "")} for an input of {Image} but have shape {Shape.Format(samples.shape)}.", nameof(samples));
        foreach (var (numbers, name) in new[] { (Mean, nameof(Mean)), (StandardDeviation, nameof(StandardDeviation)) })
            if (numbers.Count != 0 && numbers.Count != Image.Channels)
                throw new InvalidOperationException($"ImagePreparation.{name} must have {Image.Channels} numbers, one per channel, or none, but has {numbers.Count}.");
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var images = samples.to(ScalarType.Float32);
        // Axis by axis: first those that shrink, so that no pixel is skipped, then those that grow.
        long[] smaller = [Math.Min(images.shape[2], Image.Height), Math.Min(images.shape[3], Image.Width)];
        if (images.shape[2] != smaller[0] || images.shape[3] != smaller[1])
            images = nn.functional.interpolate(images, smaller, mode: InterpolationMode.Area);
        if (smaller[0] != Image.Height || smaller[1] != Image.Width)
            images = nn.functional.interpolate(images, [Image.Height, Image.Width], mode: InterpolationMode.Bilinear, align_corners: false);
        images = (images + 1) * ((Highest - Lowest) / 2) + Lowest;
        Tensor PerChannel(IReadOnlyList<double> numbers) => tensor(numbers.ToArray(), ScalarType.Float32, images.device).view(1, -1, 1, 1);
        if (Mean.Count > 0)
            images -= PerChannel(Mean);
        if (StandardDeviation.Count > 0)
            images /= PerChannel(StandardDeviation);
        return images.expand(-1, Image.Channels, -1, -1).contiguous().MoveToOuterDisposeScope();
    }
}
