using System.Security.Cryptography;
using System.Text;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Data;

/// <summary>A hash of what a <see cref="Dataset"/> yields, whatever its class, by which a report identifies its data.</summary>
public static class DatasetFingerprint
{
    // Part of the definition: a known density's draw depends on where it starts, so other piece sizes would give other samples.
    private const int SamplesPerDraw = 1_024, EndlessSamples = 16_384;

    /// <summary>
    /// SHA-256 over the sample shape, the count, and the type, values and labels of every sample of the sequence with seed 0; for an endless
    /// data set over its first 16,384 samples. The held-out part is included. The name is not: the same data under another name is the same.
    /// </summary>
    /// <param name="data">The data; it is drawn in pieces, so memory stays small.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static string Compute(Dataset data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, data, cancellationToken);
        if (data.HeldOut is { } heldOut)
            Append(hash, heldOut, cancellationToken);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, Dataset data, CancellationToken cancellationToken)
    {
        void AppendTensor(Tensor values)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{values.dtype}\n"));
            hash.AppendData(values.cpu().contiguous().bytes);
        }
        hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{Shape.Format(data.SampleShape)} {data.Count ?? -1}\n")));
        var total = data.Count ?? EndlessSamples;
        for (long position = 0; position < total; position += SamplesPerDraw)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var batch = data.Draw(0, position, (int)Math.Min(SamplesPerDraw, total - position));
            AppendTensor(batch.Samples);
            if (batch.Labels is { } labels)
                AppendTensor(labels);
        }
    }
}
