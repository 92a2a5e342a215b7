using System.Text.Json;
using GanSharp.Communication;
using GanSharp.Training.State;

namespace GanSharp.Training.Checkpointing;

/// <summary>A resume of several processes: rank 0 reads, and the others take what it read from it, so that the checkpoint need be on its disk alone.</summary>
internal static class SharedResumption
{
    /// <returns>What was done, on every rank; null where there is no checkpoint at all.</returns>
    /// <param name="communicator">The ranks, which are alike.</param>
    /// <param name="state">The run's state.</param>
    /// <param name="resume">Reads the checkpoint into the state of rank 0.</param>
    /// <param name="remember">Told of the new state.</param>
    /// <exception cref="CheckpointException">Rank 0 can't resume.</exception>
    public static ResumeReport? TryResume(ICommunicator communicator, TrainingState state, Func<ResumeReport?> resume, Action remember)
    {
        var outcome = new Outcome(null, null, null);
        Exception? failure = null;
        if (communicator.Rank == 0)
            try
            {
                outcome = resume() is { } done ? new Outcome(null, done, File.ReadAllBytes(Path.Combine(done.Folder, CheckpointFolder.ManifestName))) : outcome;
            }
            catch (Exception exception)
            {
                (failure, outcome) = (exception, new Outcome(exception.Message, null, null));
            }
        outcome = JsonSerializer.Deserialize(communicator.Broadcast(JsonSerializer.SerializeToUtf8Bytes(outcome, CheckpointJson.Default.Outcome)), CheckpointJson.Default.Outcome)!;
        if (failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        if (outcome.Fault is { } fault)
            throw new CheckpointException($"Rank 0 can't resume: {fault}");
        if (outcome is not { Report: { } report, Manifest: { } manifest })
            return null;
        if (communicator.Rank > 0)
            Resumption.Adopt(state, CheckpointManifest.Parse(manifest, report.Folder));
        communicator.Share(state);
        if (communicator.Rank > 0)
            remember();
        return report;
    }

    /// <summary>What rank 0 tells the others.</summary>
    internal sealed record Outcome(string? Fault, ResumeReport? Report, byte[]? Manifest);
}
