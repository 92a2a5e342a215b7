namespace GanSharp.Metrics.Features;

/// <summary>
/// Features that know what a digit is: a classifier trained on the 60,000 training images of MNIST (docs/metrics.md has its accuracy and the command). Class k is the digit k.
/// </summary>
public sealed class DigitClassifier : SmallImageClassifier
{
    /// <summary>With random weights, to be trained.</summary>
    internal DigitClassifier()
        : base(nameof(DigitClassifier), "digit classifier")
    {
    }

    /// <summary>Loads the weights that this package carries.</summary>
    /// <returns>A float32 network on the CPU, in evaluation mode, which the caller disposes.</returns>
    public static DigitClassifier Load()
    {
        var classifier = new DigitClassifier();
        classifier.LoadResource("digit-classifier.safetensors");
        return classifier;
    }
}
