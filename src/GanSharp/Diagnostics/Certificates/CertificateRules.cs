using System.Globalization;
using GanSharp.Diagnostics.Auditing;
using GanSharp.Divergences;

namespace GanSharp.Diagnostics.Certificates;

/// <summary>The rules for a well-formed <see cref="DivergenceCertificate"/>, whether or not its claims are true.</summary>
internal static class CertificateRules
{
    private const int LargestThreads = 1_024, LongestText = 1_000, Sha256Digits = 64;

    /// <summary>One sentence for each field with a value that no audit could have written.</summary>
    public static IEnumerable<string> Faults(DivergenceCertificate certificate)
    {
        foreach (var (name, text) in new[]
        {
            ("dataName", certificate.DataName), ("generatorClass", certificate.GeneratorClass), ("auditorClass", certificate.AuditorClass),
            ("ganSharpVersion", certificate.GanSharpVersion), ("torchSharpVersion", certificate.TorchSharpVersion), ("libtorchVersion", certificate.LibtorchVersion),
        })
            if (string.IsNullOrWhiteSpace(text) || text.Length > LongestText)
                yield return $"{name} must have 1 to {LongestText} characters but has {text.Length}.";
        foreach (var (name, hash) in new[] { ("dataSha256", certificate.DataSha256), ("generatorSha256", certificate.GeneratorSha256), ("auditorSha256", certificate.AuditorSha256) })
            if (hash.Length != Sha256Digits || !hash.All(char.IsAsciiHexDigitLower))
                yield return $"{name} must have {Sha256Digits} lower-case hexadecimal digits but is '{(hash.Length > Sha256Digits ? hash[..Sha256Digits] + "…" : hash)}'.";
        foreach (var fault in certificate.Options.Faults())
            yield return char.ToLowerInvariant(fault[0]) + fault[1..];
        foreach (var (name, count, least) in new[]
        {
            ("trainingSamples", certificate.TrainingSamples, 2L), ("calibrationSamples", certificate.CalibrationSamples, HeldOutSplit.SmallestHalf),
            ("readingSamples", certificate.ReadingSamples, HeldOutSplit.SmallestHalf), ("stepsTaken", certificate.StepsTaken, 1), ("stepKept", certificate.StepKept, 0),
        })
            if (count < least)
                yield return $"{name} must be at least {least} but is {count}.";
        foreach (var (name, number) in new[]
        {
            ("calibrationScale", certificate.CalibrationScale), ("calibrationShift", certificate.CalibrationShift), ("bound", certificate.Bound), ("boundLower", certificate.BoundLower),
            ("boundUpper", certificate.BoundUpper), ("trainingBound", certificate.TrainingBound), ("lowerConfidenceBound", certificate.LowerConfidenceBound), ("logEValue", certificate.LogEValue),
        })
            if (!double.IsFinite(number))
                yield return string.Create(CultureInfo.InvariantCulture, $"{name} must be finite but is {number}.");
        if (!(certificate.BoundLower <= certificate.Bound && certificate.Bound <= certificate.BoundUpper && certificate.Bound <= JensenShannon.Maximum + 1e-9))
            yield return string.Create(CultureInfo.InvariantCulture, $"bound must lie between boundLower {certificate.BoundLower} and boundUpper {certificate.BoundUpper}, and be at most ln 2, but is {certificate.Bound}.");
        if (certificate.Threads is < 1 or > LargestThreads)
            yield return $"threads must lie between 1 and {LargestThreads} but is {certificate.Threads}.";
    }
}
