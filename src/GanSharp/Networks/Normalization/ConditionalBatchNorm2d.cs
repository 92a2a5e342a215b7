using GanSharp.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Normalization;

/// <summary>
/// Batch norm with a scale and a shift for each class: γ_y · (x − μ) / √(σ² + ε) + β_y (Dumoulin et al. 2017; in generators, Miyato and Koyama 2018).
/// Statistics are those of all classes together. Scales start at 1, shifts at 0, so that classes begin alike.
/// </summary>
public sealed class ConditionalBatchNorm2d : Module<Tensor, Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> norm;
    private readonly Embedding scale, shift;

    /// <summary>A norm of feature maps.</summary>
    /// <param name="features">Channels, at least 1.</param>
    /// <param name="classes">Number of classes, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="features"/> or <paramref name="classes"/> is below 1.</exception>
    public ConditionalBatchNorm2d(int features, int classes)
        : base(nameof(ConditionalBatchNorm2d))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        norm = BatchNorm2d(features, affine: false);
        scale = Table(classes, features, 1);
        shift = Table(classes, features, 0);
        RegisterComponents();
    }

    /// <summary>Normalizes feature maps.</summary>
    /// <param name="input">Float tensor of shape [N, features, H, W].</param>
    /// <param name="labels">Int64 tensor of shape [N], from 0 to the number of classes; or mixtures of classes, float of shape [N, classes].</param>
    /// <returns>Tensor of the input's shape.</returns>
    public override Tensor forward(Tensor input, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(labels);
        static Tensor PerChannel(Tensor values) => values.unsqueeze(2).unsqueeze(3);
        return norm.call(input) * PerChannel(ClassVectors.LookUp(scale, labels)) + PerChannel(ClassVectors.LookUp(shift, labels));
    }

    private static Embedding Table(int classes, int features, double value)
    {
        var table = Embedding(classes, features);
        init.constant_(table.weight!, value);
        return table;
    }
}
