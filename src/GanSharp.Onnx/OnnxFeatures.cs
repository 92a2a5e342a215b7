using GanSharp.Data.Images;
using GanSharp.Metrics.Features;
using static TorchSharp.torch;

namespace GanSharp.Onnx;

/// <summary>
/// The output of a network in an ONNX file, by ONNX Runtime on the CPU: an ImageNet network, or one of your own. With the Inception network of the FID and its
/// preparation, the Fréchet distance of these features is the FID.
/// </summary>
public sealed class OnnxFeatures : IFeatureExtractor, IDisposable
{
    private const string ResNetFolder = "DnnImageModels", ResNetPackage = "Microsoft.ML.DnnImageFeaturizer.ResNet18";
    private readonly OnnxNetwork network;
    private readonly OnnxNetwork? preprocessor;
    private readonly ImagePreparation preparation;

    /// <summary>Loads a network. Name and shape of its input are found in the file.</summary>
    /// <param name="path">The file: one float32 input of shape [N, channels, height, width], where N may be fixed.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">It is no ONNX file, its input is another, or an option doesn't fit it; the message names what the file has.</exception>
    public OnnxFeatures(string path, OnnxFeaturesOptions? options = null)
    {
        options ??= new OnnxFeaturesOptions();
        if (options.Threads < 1)
            throw new ArgumentException($"Threads must be at least 1 or null but is {options.Threads}.", nameof(options));
        var threads = options.Threads ?? get_num_threads();
        network = new OnnxNetwork(path, options.Output, threads);
        try
        {
            preprocessor = options.Preprocessor is { } first ? new OnnxNetwork(first, output: null, threads) : null;
            preparation = options.Preparation ?? new ImagePreparation((preprocessor ?? network).Image
                ?? throw new ArgumentException($"'{path}' doesn't fix the shape of its images ({(preprocessor ?? network).Describe()}): set Preparation.", nameof(options)));
            (preprocessor ?? network).ThrowIfUnfit(preparation.Image, nameof(options));
        }
        catch
        {
            Dispose();
            throw;
        }
        Name = options.Name ?? $"{Path.GetFileNameWithoutExtension(path)} {network.Output}";
        WeightsHash = preprocessor is null ? network.Hash : OnnxNetwork.HashOf(preprocessor.Hash + network.Hash);
        Settings = new SortedDictionary<string, string>(preparation.Settings.ToDictionary(), StringComparer.Ordinal) { ["output"] = network.Output };
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>SHA-256 of the file; of the hexadecimal hashes of both where there is a preprocessor.</summary>
    public string? WeightsHash { get; }

    /// <summary>How images are resized, scaled and normalized, and the output's name.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>
    /// The ImageNet ResNet-18 that the package Microsoft.ML.DnnImageFeaturizer.ResNet18 (0.23.1, MIT) carries: 512 features after the last pooling. Its preprocessor
    /// turns RGB in [0, 255] into BGR and subtracts ImageNet's mean image.
    /// </summary>
    /// <param name="folder">The folder DnnImageModels of the package. Null (the default) for the one that the package puts beside the application.</param>
    /// <returns>An extractor from images [N, 1 or 3, H, W] in [−1, 1], which it resizes to 224 × 224, to features [N, 512]; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">It isn't there; the message says how to get it.</exception>
    public static OnnxFeatures ResNet18(string? folder = null)
    {
        folder ??= Path.Combine(AppContext.BaseDirectory, ResNetFolder);
        string Find(params string[] parts)
        {
            var path = Path.Combine([folder, .. parts]);
            return File.Exists(path) ? path : throw new FileNotFoundException($"'{path}' isn't there. Add the package {ResNetPackage} to the application, which puts its models there, or pass the package's folder tools/{ResNetFolder}.", path);
        }
        return new OnnxFeatures(Find("ResNet18Onnx", "ResNet18.onnx"), new()
        {
            Name = "imagenet resnet-18",
            Preprocessor = Find("ResNetPrepOnnx", "ResNetPreprocess.onnx"),
            Preparation = new ImagePreparation(new ImageShape(3, 224, 224)) { Highest = 255 },
        });
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The samples don't fit the preparation.</exception>
    /// <exception cref="InvalidOperationException">The network fails, or returns something other than numbers.</exception>
    public Tensor Extract(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using var scope = NewDisposeScope();
        var pieces = new List<Tensor>();
        // Prepared in pieces: an image of 28 × 28 takes 190 times its memory at 3 × 224 × 224.
        var step = Math.Max(1, Math.Min(network.FixedBatch ?? 32, preprocessor?.FixedBatch ?? 32));
        for (long start = 0; start < samples.shape[0]; start += step)
        {
            using var piece = NewDisposeScope();
            var images = preparation.Apply(samples.narrow(0, start, Math.Min(step, samples.shape[0] - start))).cpu();
            var passed = preprocessor is null ? images : preprocessor.Run(images);
            pieces.Add(network.Run(passed).flatten(1).MoveToOuterDisposeScope());
        }
        return cat(pieces).MoveToOuterDisposeScope();
    }

    /// <summary>Releases the network.</summary>
    public void Dispose()
    {
        network.Dispose();
        preprocessor?.Dispose();
    }
}
