using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Classic;

/// <summary>What both of InfoGAN's networks use.</summary>
internal static class InfoGan
{
    public const int DenseUnits = 1024, DeepChannels = 128, ShallowChannels = 64;
    public const double Slope = 0.2;

    /// <summary>Scales of norms start at 1, as in the code of Lucic et al., not at random as in DCGAN.</summary>
    public static void Initialize(Module network)
    {
        using var frozen = no_grad();
        foreach (var norm in network.named_modules().Select(named => named.module).OfType<NormBase>())
        {
            init.ones_(norm.weight!);
            init.zeros_(norm.bias!);
        }
    }
}
