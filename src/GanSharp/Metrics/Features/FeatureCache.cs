using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GanSharp.Data;
using GanSharp.IO;
using GanSharp.Safetensors;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Features;

/// <summary>
/// A folder of features that were computed before, one safetensors file each, for extractors that take long. An entry is found by the data's fingerprint, the
/// extractor's name, weights and settings, the count and the seed; it is written completely or not at all, and one that is damaged is computed anew.
/// </summary>
public sealed class FeatureCache
{
    private const string TensorName = "features", KeyName = "key", HashName = "sha256";
    private const int BatchSize = 256;

    /// <summary>A cache in a folder, which is made where it isn't there.</summary>
    /// <param name="folder">The folder. Several processes may share it.</param>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is empty.</exception>
    public FeatureCache(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(Folder);
    }

    /// <summary>The folder's full path.</summary>
    public string Folder { get; }

    /// <summary>The features of the first samples of the data's sequence with the given seed.</summary>
    /// <param name="extractor">The extractor.</param>
    /// <param name="data">The data; its held-out part isn't used.</param>
    /// <param name="count">How many, at least 1; all where there are fewer.</param>
    /// <param name="seed">Selects the sequence. Default 0.</param>
    /// <param name="fingerprint">The data's <see cref="DatasetFingerprint"/>, where it is known; null (the default) computes it, which reads all of the data.</param>
    /// <param name="cancellationToken">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>Float32 tensor of shape [count, d] on the CPU, which the caller owns.</returns>
    /// <exception cref="IOException">A new entry can't be written.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public Tensor Features(IFeatureExtractor extractor, Dataset data, long count, long seed = 0, string? fingerprint = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(extractor);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var samples = Math.Min(count, data.Count ?? count);
        var key = Key(extractor, fingerprint ?? DatasetFingerprint.Compute(data, cancellationToken), samples, seed);
        var path = Path.Combine(Folder, $"{HashOf(Encoding.UTF8.GetBytes(key))}.safetensors");
        if (TryRead(path, key, samples) is { } known)
            return known;
        using var scope = NewDisposeScope();
        var features = extractor.ExtractAll(Batches(data, samples, seed, cancellationToken));
        var metadata = new SortedDictionary<string, string> { [KeyName] = key, [HashName] = HashOf(features.contiguous().bytes) };
        AtomicFile.Save(path, stream => SafetensorsFile.Write(stream, [(TensorName, features)], metadata), flushToDisk: false);
        return features.MoveToOuterDisposeScope();
    }

    private static IEnumerable<Batch> Batches(Dataset data, long samples, long seed, CancellationToken cancellationToken)
    {
        for (long position = 0; position < samples; position += BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var batch = data.Read(seed, position, (int)Math.Min(BatchSize, samples - position));
            yield return batch;
            batch.Samples.Dispose();
            batch.Labels?.Dispose();
        }
    }

    private static string Key(IFeatureExtractor extractor, string fingerprint, long samples, long seed) => string.Join('\n',
        ["data " + fingerprint, "extractor " + extractor.Name, "weights " + (extractor.WeightsHash ?? "none"), .. extractor.Settings.Select(setting => $"{setting.Key} {setting.Value}"),
        string.Create(CultureInfo.InvariantCulture, $"count {samples}"), string.Create(CultureInfo.InvariantCulture, $"seed {seed}")]);

    /// <returns>Null where there is no entry, or a damaged one.</returns>
    private static Tensor? TryRead(string path, string key, long samples)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using var file = SafetensorsFile.Read(path);
            return file.Metadata.GetValueOrDefault(KeyName) == key
                && file.Tensors.GetValueOrDefault(TensorName) is { } features
                && features.dtype == ScalarType.Float32 && features.dim() == 2 && features.shape[0] == samples
                && file.Metadata.GetValueOrDefault(HashName) == HashOf(features.contiguous().bytes) ? features.clone() : null;
        }
        catch (Exception exception) when (exception is InvalidSafetensorsException or FileNotFoundException)
        {
            return null;
        }
    }

    private static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
