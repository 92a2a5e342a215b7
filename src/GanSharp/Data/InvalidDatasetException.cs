namespace GanSharp.Data;

/// <summary>Data can't be read or isn't valid; the message names the file, the rule and what was found, or the data set and the position.</summary>
public sealed class InvalidDatasetException : Exception
{
    internal InvalidDatasetException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>The data set that couldn't be read, where known.</summary>
    internal Dataset? Unreadable { get; init; }
}
