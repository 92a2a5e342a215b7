using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.StyleGan;

/// <summary>√2 · leaky ReLU of slope 0.2, as a layer.</summary>
internal sealed class Activation() : Module<Tensor, Tensor>(nameof(Activation))
{
    public override Tensor forward(Tensor features) => Equalized.Activate(features);
}
