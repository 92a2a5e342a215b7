using System.Runtime.InteropServices;
using System.Security.Cryptography;
using GanSharp.Runtime;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Features;

/// <summary>
/// The output of a network that PyTorch saved as TorchScript (<c>torch.jit.save</c>): with the Inception network of the FID and its preparation, the Fréchet distance
/// of these features is the FID. A TorchScript file is a program, so load only those that you trust.
/// </summary>
public sealed class TorchScriptFeatures : IFeatureExtractor, IDisposable
{
    private readonly jit.ScriptModule<Tensor, Tensor> network;
    private readonly ImagePreparation preparation;

    /// <summary>Loads a network.</summary>
    /// <param name="path">The file. Its network takes images [N, channels, height, width] and returns one row per image; other dimensions are flattened.</param>
    /// <param name="name">Identifies the features, such as "inception-v3 pool3".</param>
    /// <param name="preparation">What the network takes.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">It is no TorchScript file.</exception>
    public TorchScriptFeatures(string path, string name, ImagePreparation preparation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(preparation);
        TorchRuntime.EnsureLoaded();
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read))
            WeightsHash = Convert.ToHexStringLower(SHA256.HashData(file));
        (Name, this.preparation, Settings) = (name, preparation, preparation.Settings);
        try
        {
            network = jit.load<Tensor, Tensor>(path);
        }
        catch (ExternalException exception)
        {
            throw new ArgumentException($"path must name a file of torch.jit.save but '{path}' can't be loaded: {FirstLine.Of(exception)}.", nameof(path), exception);
        }
        network.eval();
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>SHA-256 of the file.</summary>
    public string? WeightsHash { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The samples don't fit the preparation.</exception>
    /// <exception cref="InvalidOperationException">The network fails.</exception>
    public Tensor Extract(Tensor samples)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var images = preparation.Apply(samples).cpu();
        try
        {
            return network.call(images).flatten(1).to(ScalarType.Float32).MoveToOuterDisposeScope();
        }
        catch (ExternalException exception)
        {
            throw new InvalidOperationException($"The TorchScript network '{Name}' fails for images of shape {Shape.Format(images.shape)}: {FirstLine.Of(exception)}.", exception);
        }
    }

    /// <summary>Releases the network.</summary>
    public void Dispose() => network.Dispose();
}
