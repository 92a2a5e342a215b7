using GanSharp.Networks.Normalization;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Residual;

/// <summary>The norm in a generator's block: batch norm, or conditional batch norm where there are classes.</summary>
internal static class FeatureNorm
{
    public static Module Of(int channels, int? classes) => classes is { } count ? new ConditionalBatchNorm2d(channels, count) : BatchNorm2d(channels);

    public static Tensor Apply(Module norm, Tensor features, Tensor? labels) => norm is ConditionalBatchNorm2d conditional
        ? conditional.call(features, labels ?? throw new ArgumentNullException(nameof(labels)))
        : ((Module<Tensor, Tensor>)norm).call(features);
}
