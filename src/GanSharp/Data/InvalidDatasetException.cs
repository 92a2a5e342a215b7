namespace GanSharp.Data;

/// <summary>Data can't be read, or not as what it should be; the message names the file, the rule and what was found, or the data set and the position.</summary>
public sealed class InvalidDatasetException : Exception
{
    internal InvalidDatasetException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>The data set that could not be read, where it is known.</summary>
    internal Dataset? Unreadable { get; init; }
}
