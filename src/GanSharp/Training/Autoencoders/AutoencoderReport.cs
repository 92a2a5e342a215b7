using System.Globalization;
using GanSharp.Diagnostics.Reports;
using GanSharp.Estimates;
using GanSharp.Training.Runs;

namespace GanSharp.Training.Autoencoders;

/// <summary>What happened in the steps of a VAE since the last report. All numbers are nats per sample.</summary>
public sealed record AutoencoderReport : TrainingReport
{
    /// <summary>What was minimized: −E ln p(x ∣ z) plus the KL with its weight and free bits. NaN where every update since the last report was skipped.</summary>
    public required double Loss { get; init; }

    /// <summary>Mean of ln p(x ∣ z) on the training batches, with one z per sample.</summary>
    public required double Reconstruction { get; init; }

    /// <summary>Mean of KL(q(z ∣ x) ‖ p(z)) on the training batches, without weight or free bits. Near 0 the decoder ignores z.</summary>
    public required double KullbackLeibler { get; init; }

    /// <summary>
    /// The lower bound of ln p(x) on the training batches (Kingma and Welling 2014). Of continuous data it is a log density, so it may have any sign and grows without limit
    /// where a learned σ shrinks: compare models on the same data only.
    /// </summary>
    public double EvidenceLowerBound => Reconstruction - KullbackLeibler;

    /// <summary>
    /// The same bound on held-out data, of the networks in training and not of an average, with a normal 95% interval over samples; null where it was not measured. Far below
    /// <see cref="EvidenceLowerBound"/>, the VAE has memorized.
    /// </summary>
    public Estimate? HeldOutBound { get; init; }

    /// <summary>Why <see cref="HeldOutBound"/> could not be measured; null where it could. <see cref="TrainingReport.Warnings"/> holds it too.</summary>
    public DiagnosticFailure? HeldOutFailure { get; init; }

    /// <inheritdoc/>
    public override string Summary
    {
        get
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"ln p(x) >= {EvidenceLowerBound:0.0} nats = {Reconstruction:0.0} - KL {KullbackLeibler:0.0}");
            return HeldOutBound is { } bound ? string.Create(CultureInfo.InvariantCulture, $"{line}  held out {bound.Value:0.0} ± {(bound.Upper - bound.Lower) / 2:0.0}") : line;
        }
    }
}
