using GanSharp.Data;
using GanSharp.Runtime;
using GanSharp.Training.Checkpointing;

namespace GanSharp.Training.Runs;

/// <summary>
/// A run can't go on for a reason that lies outside the game: memory ran out, or its data can't be read. Nothing that was saved is lost; the message
/// says what happened, what to do, and from which step a resume goes on. The inner exception is the original one.
/// </summary>
public sealed class TrainingFailedException : Exception
{
    /// <param name="cause">What <see cref="Explains"/>.</param>
    /// <param name="step">Steps that were done.</param>
    /// <param name="batchSize">The run's.</param>
    /// <param name="folder">Where its checkpoints are, or null.</param>
    internal TrainingFailedException(Exception cause, long step, int batchSize, string? folder)
        : base($"Training failed after step {step}: {What(cause, batchSize)} {Continuation(folder)}", cause) => Step = step;

    /// <summary>Steps that were done; the one that failed, if one did, is not among them.</summary>
    public long Step { get; }

    /// <summary>Whether an exception is one of these reasons.</summary>
    internal static bool Explains(Exception exception) => exception is InvalidDatasetException || OutOfMemory.Explains(exception);

    private static string What(Exception cause, int batchSize) => OutOfMemory.Explains(cause)
        ? $"memory ran out: {FirstLine.Of(cause.GetBaseException())}. Free memory, or use a smaller BatchSize than {batchSize}, which a resume accepts where ResumeOptions.AllowedChanges names it."
        : $"{FirstLine.Of(cause)}. Make the data readable as it was.";

    private static string Continuation(string? folder)
    {
        if (folder is null)
            return "This run keeps no checkpoints (WithCheckpoints), so it starts again.";
        var checkpoints = new CheckpointFolder(folder);
        return checkpoints.List() is [var newest, ..]
            ? $"What was saved is kept: Resume(\"{checkpoints.FullName}\") goes on from step {newest.Step}."
            : $"'{checkpoints.FullName}' has no checkpoint yet, so the run starts again.";
    }
}
