namespace GanSharp.Data;

/// <summary>A data file can't be read as what it should be; the message names the file, the rule and what was found.</summary>
public sealed class InvalidDatasetException : Exception
{
    internal InvalidDatasetException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
