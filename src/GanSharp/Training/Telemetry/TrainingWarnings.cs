using System.Collections;
using Microsoft.Extensions.Logging;

namespace GanSharp.Training.Telemetry;

/// <summary>What happened since the last report that its reader should know. The logger hears of each at once.</summary>
internal sealed class TrainingWarnings(ILogger logger) : IEnumerable<string>
{
    private readonly List<string> sentences = [];

    public void Add(string warning)
    {
        sentences.Add(warning);
        logger.Warned(warning);
    }

    public void AddRange(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
            Add(warning);
    }

    public void UpdateSkipped(long step, string finding, string network)
    {
        sentences.Add($"step {step}: {finding}; this update of the {network} was skipped");
        logger.UpdateSkipped(step, finding, network);
        Instruments.SkippedUpdates.Add(1);
    }

    public void RolledBack(long step, string finding, long snapshotStep, double rateFactor)
    {
        sentences.Add(FormattableString.Invariant($"step {step}: {finding}; returned to step {snapshotStep} with the learning rates times {rateFactor}"));
        logger.RolledBack(step, finding, snapshotStep, rateFactor);
        Instruments.RollBacks.Add(1);
    }

    /// <summary>Diagnostics, an audit or a metric failed.</summary>
    public void MeasurementFailed(string failure)
    {
        sentences.Add(failure);
        logger.MeasurementFailed(failure);
        Instruments.FailedMeasurements.Add(1);
    }

    /// <summary>A checkpoint could not be written and the run goes on; the logger knows already.</summary>
    public void CheckpointFailed(string message) => sentences.Add(message);

    /// <summary>The report has them.</summary>
    public void Clear() => sentences.Clear();

    public IEnumerator<string> GetEnumerator() => sentences.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
