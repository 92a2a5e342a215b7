using GanSharp.Networks.Weights;
using GanSharp.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Tests.Interop;

/// <summary>Per network NAME.safetensors with the weights, and NAME.io.safetensors with input, labels and output in evaluation mode.</summary>
internal static class InteropFiles
{
    private const int Batch = 4, WarmUpBatches = 10;

    /// <summary>Writes every network with random weights and batch norm statistics that have moved.</summary>
    public static void Write(string folder, string size)
    {
        manual_seed(1);
        using var frozen = no_grad();
        foreach (var (name, make, inputShape) in InteropNetwork.All(size))
        {
            using var scope = NewDisposeScope();
            using var network = make();
            // The default weights of Linear let outputs shrink from layer to layer, below what a tolerance of 1e-5 can judge.
            foreach (var parameter in network.parameters())
                _ = parameter.dim() > 1 ? nn.init.kaiming_normal_(parameter) : parameter.add_(randn_like(parameter) * 0.1);
            Tensor Inputs() => randn([Batch, .. inputShape]);
            for (var batch = 0; batch < WarmUpBatches; batch++)
                InteropNetwork.Call(network, Inputs(), InteropNetwork.Labels(Batch));
            network.eval();
            var (input, labels) = (Inputs(), InteropNetwork.Labels(Batch));
            network.SaveWeights(WeightsPath(folder, name));
            using var file = File.Create(SamplePath(folder, name));
            SafetensorsFile.Write(file, [("input", input), ("labels", labels), ("output", InteropNetwork.Call(network, input, labels))]);
        }
    }

    /// <summary>Loads every network's weights and returns the largest difference of its output from the file's.</summary>
    public static IEnumerable<(string Name, double LargestDifference)> Compare(string folder, string size)
    {
        foreach (var (name, make, _) in InteropNetwork.All(size))
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            using var network = make();
            network.LoadWeights(WeightsPath(folder, name));
            network.eval();
            using var sample = SafetensorsFile.Read(SamplePath(folder, name));
            var output = InteropNetwork.Call(network, sample.Tensors["input"], sample.Tensors["labels"]);
            yield return (name, (output - sample.Tensors["output"]).abs().max().ToDouble());
        }
    }

    private static string WeightsPath(string folder, string name) => Path.Combine(folder, $"{name}.safetensors");

    private static string SamplePath(string folder, string name) => Path.Combine(folder, $"{name}.io.safetensors");
}
