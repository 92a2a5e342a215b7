namespace GanSharp.Metrics.Features;

/// <summary>
/// Features that know what a garment is: a classifier trained on the 60,000 training images of Fashion-MNIST (docs/metrics.md has its accuracy and the command). Its classes
/// are in the order of <see cref="Data.Images.FashionMnist.ClassNames"/>.
/// </summary>
public sealed class GarmentClassifier : SmallImageClassifier
{
    /// <summary>With random weights, to be trained.</summary>
    internal GarmentClassifier()
        : base(nameof(GarmentClassifier), "garment classifier")
    {
    }

    /// <summary>Loads the weights that this package carries.</summary>
    /// <returns>A float32 network on the CPU, in evaluation mode, which the caller disposes.</returns>
    public static GarmentClassifier Load()
    {
        var classifier = new GarmentClassifier();
        classifier.LoadResource("garment-classifier.safetensors");
        return classifier;
    }
}
