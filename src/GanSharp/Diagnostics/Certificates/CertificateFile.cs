using System.Text.Json;
using System.Text.Json.Serialization;
using GanSharp.IO;

namespace GanSharp.Diagnostics.Certificates;

/// <summary>Certificates as JSON files: written completely or not at all, and read as untrusted input.</summary>
internal static class CertificateFile
{
    // A certificate takes 2 KB.
    private const long LargestBytes = 1 << 20;

    public static void Save(DivergenceCertificate certificate, string path) =>
        AtomicFile.Save(path, stream => JsonSerializer.Serialize(stream, certificate, CertificateJson.Default.DivergenceCertificate));

    public static DivergenceCertificate Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var length = new FileInfo(path).Length;
        if (length > LargestBytes)
            throw new InvalidCertificateException($"'{path}' must have at most {LargestBytes:N0} bytes to be a certificate but has {length:N0}.");
        try
        {
            var bytes = File.ReadAllBytes(path);
            ThrowIfOtherFormat(bytes, path);
            var certificate = JsonSerializer.Deserialize(bytes, CertificateJson.Default.DivergenceCertificate)!;
            var faults = CertificateRules.Faults(certificate).ToList();
            return faults.Count == 0 ? certificate
                : throw new InvalidCertificateException(string.Join(Environment.NewLine, [$"'{path}' is no valid certificate:", .. faults.Select(fault => $"- {fault}")]));
        }
        // The second exception is thrown for half a surrogate pair ("\ud800").
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidCertificateException($"'{path}' is no certificate: {exception.Message}", exception);
        }
    }

    /// <summary>A later format would have other fields, so the version is checked first.</summary>
    private static void ThrowIfOtherFormat(byte[] bytes, string path)
    {
        using var document = JsonDocument.Parse(bytes);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new InvalidCertificateException($"'{path}' must hold a JSON object but holds {document.RootElement.ValueKind}.");
        if (!document.RootElement.TryGetProperty("formatVersion", out var version) || version.ValueKind != JsonValueKind.Number)
            throw new InvalidCertificateException($"'{path}' must have a number formatVersion but has none.");
        if (!version.TryGetInt32(out var number) || number != DivergenceCertificate.CurrentFormatVersion)
            throw new InvalidCertificateException($"'{path}' has formatVersion {version.GetRawText()} but this GanSharp reads {DivergenceCertificate.CurrentFormatVersion}.");
    }
}

/// <summary>Strict JSON: every field once, none unknown, in the order in which the record declares them.</summary>
[JsonSerializable(typeof(DivergenceCertificate))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true)]
internal sealed partial class CertificateJson : JsonSerializerContext;
