using System.Globalization;
using System.Text.Json;
using GanSharp.Data;
using GanSharp.Diagnostics.Auditing;
using GanSharp.Diagnostics.Calibration;
using GanSharp.Diagnostics.Testing;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Certificates;

/// <summary>
/// A record of an audit that lets anyone who has the generator and the data repeat it: what was audited, how, on what data, and with which result.
/// </summary>
public sealed record DivergenceCertificate
{
    /// <summary>The format that this GanSharp writes and reads.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>Version of the format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Name of the data set.</summary>
    public required string DataName { get; init; }

    /// <summary>Hash of what the data set yields, including the held-out part (<see cref="DatasetFingerprint"/>).</summary>
    public required string DataSha256 { get; init; }

    /// <summary>Class of the generator.</summary>
    public required string GeneratorClass { get; init; }

    /// <summary>Hash of the generator's parameters and buffers (<see cref="NetworkFingerprint"/>).</summary>
    public required string GeneratorSha256 { get; init; }

    /// <summary>Class of the auditor.</summary>
    public required string AuditorClass { get; init; }

    /// <summary>Hash of the auditor before training, which identifies its architecture and initial weights.</summary>
    public required string AuditorSha256 { get; init; }

    /// <inheritdoc cref="AuditOptions.Seed"/>
    public required long Seed { get; init; }

    /// <inheritdoc cref="AuditOptions.BatchSize"/>
    public required int BatchSize { get; init; }

    /// <inheritdoc cref="AuditOptions.MaximumSteps"/>
    public required int MaximumSteps { get; init; }

    /// <inheritdoc cref="AuditOptions.EvaluationInterval"/>
    public required int EvaluationInterval { get; init; }

    /// <inheritdoc cref="AuditOptions.Patience"/>
    public required int Patience { get; init; }

    /// <inheritdoc cref="AuditOptions.LearningRate"/>
    public required double LearningRate { get; init; }

    /// <inheritdoc cref="AuditOptions.HeldOutSamples"/>
    public required int HeldOutSamples { get; init; }

    /// <inheritdoc cref="AuditReport.TrainingSamples"/>
    public required long TrainingSamples { get; init; }

    /// <inheritdoc cref="AuditReport.CalibrationSamples"/>
    public required int CalibrationSamples { get; init; }

    /// <inheritdoc cref="AuditReport.ReadingSamples"/>
    public required int ReadingSamples { get; init; }

    /// <inheritdoc cref="AuditReport.StepsTaken"/>
    public required int StepsTaken { get; init; }

    /// <inheritdoc cref="AuditReport.StepKept"/>
    public required int StepKept { get; init; }

    /// <inheritdoc cref="PlattScaling.Scale"/>
    public required double CalibrationScale { get; init; }

    /// <inheritdoc cref="PlattScaling.Shift"/>
    public required double CalibrationShift { get; init; }

    /// <summary>Lower bound of JSD(p_d‖p_g) in nats.</summary>
    public required double Bound { get; init; }

    /// <summary>Lower end of the bound's 95% interval.</summary>
    public required double BoundLower { get; init; }

    /// <summary>Upper end of the bound's 95% interval.</summary>
    public required double BoundUpper { get; init; }

    /// <summary>The auditor's result on its training samples, in nats.</summary>
    public required double TrainingBound { get; init; }

    /// <inheritdoc cref="AuditReport.LowerConfidenceBound"/>
    public required double LowerConfidenceBound { get; init; }

    /// <summary>ln E against p_d = p_g on the samples of the bound (<see cref="SequentialTest"/>): E ≥ 20 rejects at the level 0.05.</summary>
    public required double LogEValue { get; init; }

    /// <summary>Version of GanSharp.</summary>
    public required string GanSharpVersion { get; init; }

    /// <summary>Version of TorchSharp.</summary>
    public required string TorchSharpVersion { get; init; }

    /// <summary>Version of libtorch.</summary>
    public required string LibtorchVersion { get; init; }

    /// <summary>Number of threads that torch's operators used; with another number, sums are computed in another order.</summary>
    public required int Threads { get; init; }

    /// <summary>Audits a generator and records the audit.</summary>
    /// <inheritdoc cref="Auditor.Audit"/>
    public static DivergenceCertificate Issue(
        GeneratorNetwork generator, Dataset data, Func<DiscriminatorNetwork> makeAuditor, AuditOptions? options = null, CancellationToken cancellationToken = default)
    {
        var report = Auditor.Audit(generator, data, makeAuditor, options, cancellationToken);
        return new DivergenceCertificate
        {
            FormatVersion = CurrentFormatVersion,
            DataName = data.Name,
            DataSha256 = DatasetFingerprint.Compute(data, cancellationToken),
            GeneratorClass = generator.GetType().Name,
            GeneratorSha256 = report.GeneratorSha256,
            AuditorClass = report.AuditorClass,
            AuditorSha256 = report.AuditorSha256,
            Seed = report.Options.Seed,
            BatchSize = report.Options.BatchSize,
            MaximumSteps = report.Options.MaximumSteps,
            EvaluationInterval = report.Options.EvaluationInterval,
            Patience = report.Options.Patience,
            LearningRate = report.Options.LearningRate,
            HeldOutSamples = report.Options.HeldOutSamples,
            TrainingSamples = report.TrainingSamples,
            CalibrationSamples = report.CalibrationSamples,
            ReadingSamples = report.ReadingSamples,
            StepsTaken = report.StepsTaken,
            StepKept = report.StepKept,
            CalibrationScale = report.Calibration.Scale,
            CalibrationShift = report.Calibration.Shift,
            Bound = report.Bound.Value,
            BoundLower = report.Bound.Lower,
            BoundUpper = report.Bound.Upper,
            TrainingBound = report.TrainingBound.Value,
            LowerConfidenceBound = report.LowerConfidenceBound,
            LogEValue = LogEValueOf(report),
            GanSharpVersion = VersionOf(typeof(DivergenceCertificate)),
            TorchSharpVersion = VersionOf(typeof(Tensor)),
            LibtorchVersion = __version__,
            Threads = get_num_threads(),
        };
    }

    /// <summary>Writes the certificate as JSON. The file appears complete or not at all; an existing one is replaced.</summary>
    /// <param name="path">Where to write.</param>
    public void Save(string path) => CertificateFile.Save(this, path);

    /// <summary>Reads a certificate from a file, which may be untrusted. Only <see cref="Verify"/> confirms it.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What the file claims.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidCertificateException">It isn't a valid certificate; the message names the field.</exception>
    public static DivergenceCertificate Load(string path) => CertificateFile.Load(path);

    /// <summary>Repeats the audit with the recorded options and thread count and compares every field.</summary>
    /// <param name="generator">The generator that the certificate claims to describe, on the device of the original audit.</param>
    /// <param name="data">The data set that it claims to describe.</param>
    /// <param name="makeAuditor">Creates the auditor, as in <see cref="Issue"/>.</param>
    /// <param name="tolerance">How much a recorded fraction may differ from the recomputed one. Default 0: the same machine gives the same numbers; on another processor the last digits may differ in each step.</param>
    /// <param name="cancellationToken">Cancels the audit. A certificate from an unknown source may ask for more steps or samples than you have time or memory for: check those first.</param>
    /// <returns>Each field that differs, in the order of the file; none where the certificate is confirmed.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="tolerance"/> is below 0.</exception>
    /// <exception cref="InvalidOperationException">The certificate is invalid; the message names each fault.</exception>
    public IReadOnlyList<CertificateDifference> Verify(
        GeneratorNetwork generator, Dataset data, Func<DiscriminatorNetwork> makeAuditor, double tolerance = 0, CancellationToken cancellationToken = default)
    {
        if (!(tolerance >= 0))
            throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance, "tolerance must be at least 0.");
        var faults = CertificateRules.Faults(this).ToList();
        if (faults.Count > 0)
            throw new InvalidOperationException(string.Join(Environment.NewLine, ["The certificate is invalid:", .. faults.Select(fault => $"- {fault}")]));
        var threads = get_num_threads();
        set_num_threads(Threads);
        try
        {
            return [.. Differences(Issue(generator, data, makeAuditor, Options, cancellationToken), tolerance)];
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    /// <summary>"MlpGenerator on ring of 8 Gaussians: JS >= 0.1114 nats, at least 0.0950 with 97.5% confidence".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{GeneratorClass} on {DataName}: JS >= {Math.Round(Bound, 4) + 0.0:0.0000} nats, at least {Math.Max(0, LowerConfidenceBound):0.0000} with 97.5% confidence");

    internal AuditOptions Options => new()
    {
        Seed = Seed,
        BatchSize = BatchSize,
        MaximumSteps = MaximumSteps,
        EvaluationInterval = EvaluationInterval,
        Patience = Patience,
        LearningRate = LearningRate,
        HeldOutSamples = HeldOutSamples,
    };

    private IEnumerable<CertificateDifference> Differences(DivergenceCertificate recomputed, double tolerance)
    {
        var (ours, theirs) = (AsJson(this), AsJson(recomputed));
        foreach (var (field, other) in ours.EnumerateObject().Zip(theirs.EnumerateObject()))
        {
            var (recorded, found) = (field.Value, other.Value);
            var isClose = recorded.ValueKind == JsonValueKind.Number && Math.Abs(recorded.GetDouble() - found.GetDouble()) <= tolerance;
            if (!isClose && recorded.GetRawText() != found.GetRawText())
                yield return new CertificateDifference(field.Name, recorded.ToString(), found.ToString());
        }
    }

    private static JsonElement AsJson(DivergenceCertificate certificate) =>
        JsonSerializer.SerializeToElement(certificate, CertificateJson.Default.DivergenceCertificate);

    private static double LogEValueOf(AuditReport report)
    {
        using var scope = NewDisposeScope();
        var test = new SequentialTest();
        test.Add(tensor(report.RealLogRatios.ToArray()), tensor(report.FakeLogRatios.ToArray()));
        return test.LogEValue;
    }

    private static string VersionOf(Type type) => type.Assembly.GetName().Version!.ToString(3);
}
