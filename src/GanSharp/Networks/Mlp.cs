using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks;

/// <summary>The stack of fully connected layers that both MLP networks use.</summary>
internal static class Mlp
{
    public static List<(string Name, Module<Tensor, Tensor> Layer)> Layers(
        int inputSize, int width, int outputSize, int hiddenLayers, Func<Module<Tensor, Tensor>> activation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hiddenLayers, 1);
        var layers = new List<(string, Module<Tensor, Tensor>)>();
        for (var layer = 0; layer < hiddenLayers; layer++)
        {
            layers.Add(($"linear{layer}", Linear(layer == 0 ? inputSize : width, width)));
            layers.Add(($"activation{layer}", activation()));
        }
        layers.Add(("output", Linear(width, outputSize)));
        return layers;
    }
}
