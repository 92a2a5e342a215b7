using GanSharp.IO;
using GanSharp.Safetensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Weights;

/// <summary>
/// A network's weights as a safetensors file: parameters and buffers under the names and in the layouts of PyTorch's state dict, so that a module
/// built from the same layers with the same names can load them in PyTorch, and vice versa.
/// </summary>
public static class WeightsFile
{
    // What PyTorch's writers put here; some readers look for it.
    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" };

    /// <summary>Writes the weights, completely or not at all; an existing file is replaced.</summary>
    /// <param name="network">The network, on any device. To save a trainer's average of G, do so while <c>UseAverage()</c> is in force.</param>
    /// <param name="path">The file, by convention with the extension .safetensors. Its folder must exist.</param>
    /// <exception cref="ObjectDisposedException">The network or a layer of it was disposed; an existing file stays unchanged.</exception>
    /// <exception cref="ArgumentException">The network has no weights.</exception>
    public static void SaveWeights(this Module network, string path)
    {
        ArgumentNullException.ThrowIfNull(network);
        SaveWeights(network, path, Metadata);
    }

    /// <summary><see cref="SaveWeights(Module, string)"/> with texts of its own.</summary>
    internal static void SaveWeights(this Module network, string path, IReadOnlyDictionary<string, string> metadata)
    {
        var weights = Weights(network);
        if (weights.Length == 0)
            throw new ArgumentException($"network must have parameters or buffers to save, but {network.GetType().Name} has none. Were its layers registered?", nameof(network));
        AtomicFile.Save(path, file => SafetensorsFile.Write(file, weights, metadata));
    }

    /// <summary>
    /// Replaces the network's weights with a file's, in place, so that a network in training keeps its flat buffers. A trainer's optimizer and
    /// average aren't updated: load before creating the trainer, or resume from a checkpoint.
    /// </summary>
    /// <param name="network">The network, on any device.</param>
    /// <param name="path">A file of <see cref="SaveWeights(Module, string)"/> or of any program that writes PyTorch's state dict.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidSafetensorsException">The file is damaged or has another format; for PyTorch's format (.pt, .pth) the message says how to convert it.</exception>
    /// <exception cref="WeightsMismatchException">Names, shapes or types differ; the message lists each difference, and the network is unchanged.</exception>
    /// <exception cref="ObjectDisposedException">The network or a layer of it was disposed.</exception>
    public static void LoadWeights(this Module network, string path)
    {
        ArgumentNullException.ThrowIfNull(network);
        var weights = Weights(network);
        using var file = SafetensorsFile.Read(path);
        Replace(weights, file, path, network);
    }

    /// <summary><see cref="LoadWeights(Module, string)"/> of an open file or resource.</summary>
    /// <param name="network">The network.</param>
    /// <param name="stream">A stream with a length.</param>
    /// <param name="name">What messages call it.</param>
    internal static void LoadWeights(this Module network, Stream stream, string name)
    {
        var weights = Weights(network);
        using var file = SafetensorsFile.Read(stream, name);
        Replace(weights, file, name, network);
    }

    private static void Replace((string Name, Tensor Value)[] weights, SafetensorsFile file, string path, Module network)
    {
        if (file.Mismatches(weights).ToArray() is { Length: > 0 } mismatches)
            throw new WeightsMismatchException(path, network.GetType().Name, mismatches);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, weight) in weights)
            weight.copy_(file.Tensors[name]);
    }

    internal static (string Name, Tensor Value)[] Weights(Module network)
    {
        Disposal.ThrowIfPartlyDisposed(network);
        return [.. network.state_dict().Select(entry => (entry.Key, entry.Value))];
    }
}
