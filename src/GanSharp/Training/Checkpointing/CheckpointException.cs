namespace GanSharp.Training.Checkpointing;

/// <summary>A checkpoint can't be written, read or continued from. The message names the folder, what is wrong and what to do.</summary>
public sealed class CheckpointException : IOException
{
    internal CheckpointException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
