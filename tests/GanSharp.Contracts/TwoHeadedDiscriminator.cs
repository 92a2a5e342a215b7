using GanSharp.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Contracts;

/// <summary>A discriminator with a head for classes, which shows its hidden layer.</summary>
public sealed class TwoHeadedDiscriminator : DiscriminatorNetwork
{
    private readonly Module<Tensor, Tensor> body, judge, classifier;

    public TwoHeadedDiscriminator(int inputSize, int width, int classes)
        : base(nameof(TwoHeadedDiscriminator))
    {
        body = Sequential(Linear(inputSize, width), LeakyReLU(0.2), Linear(width, width), LeakyReLU(0.2));
        (judge, classifier) = (Linear(width, 1), Linear(width, classes));
        RegisterComponents();
    }

    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
    {
        var features = body.call(samples);
        return new DiscriminatorOutput(judge.call(features).squeeze(1), classifier.call(features), features);
    }
}
