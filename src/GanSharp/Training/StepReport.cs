using System.Globalization;
using GanSharp.Diagnostics.Health;
using GanSharp.Diagnostics.Reports;
using GanSharp.Estimates;
using GanSharp.Training.Runs;

namespace GanSharp.Training;

/// <summary>What happened in the steps of a GAN since the last report. Losses and V(D) are means over those steps.</summary>
public sealed record StepReport : TrainingReport
{
    /// <summary>Mean discriminator loss of the objective, without penalties; NaN where every update of D since the last report was skipped.</summary>
    public required double DiscriminatorLoss { get; init; }

    /// <summary>Mean generator loss of the objective, without penalties; NaN where every update of G since the last report was skipped.</summary>
    public required double GeneratorLoss { get; init; }

    /// <summary>Mean of the penalties on the discriminator, 0 where there are none; NaN where there are some and every update of D since the last report was skipped.</summary>
    public required double Penalty { get; init; }

    /// <summary>Mean of the penalties on the generator, 0 where there are none; NaN where there are some and every update of G since the last report was skipped.</summary>
    public double GeneratorPenalty { get; init; }

    /// <summary>V(D) on the training batches in nats (eq. 11), or null where the objective's logits are no density ratio or every update of D since the last report was skipped.</summary>
    public double? Value { get; init; }

    /// <summary>What the diagnostics found; null where they were not asked for or failed.</summary>
    public DiagnosticReport? Diagnostics { get; init; }

    /// <summary>Which diagnostics failed or were refused, all of them or the audit, and what to do; null where none did. <see cref="TrainingReport.Warnings"/> holds it too.</summary>
    public DiagnosticFailure? DiagnosticsFailure { get; init; }

    /// <summary>What the recent diagnostics say together, and what to change; null where there are none.</summary>
    public TrainingHealth? Health { get; init; }

    /// <summary>
    /// D's own lower bound of JSD(p_d‖p_g) in nats, on held-out data and fresh samples of G's average where one is kept (<see cref="DiagnosticReport.Model"/>);
    /// null where it was not measured or is refused. <see cref="Divergence"/> says what it is worth.
    /// </summary>
    public Estimate? JensenShannon => Diagnostics?.JensenShannon;

    /// <summary>The largest valid bound of the divergence, who found it, and what it is worth; null where nothing was measured.</summary>
    public DivergenceReading? Divergence => Diagnostics?.Divergence;

    /// <inheritdoc/>
    public override string Summary
    {
        get
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"loss D {DiscriminatorLoss,7:0.0000}  loss G {GeneratorLoss,7:0.0000}");
            if (Value is { } value)
                line += string.Create(CultureInfo.InvariantCulture, $"  V(D) {value,7:0.0000}");
            return Divergence is { Brief: { Length: > 0 } brief } ? $"{line}  {brief}" : line;
        }
    }

    private protected override string? Concern => Health is { IsHealthy: false } ? $"{Health}" : null;
}
