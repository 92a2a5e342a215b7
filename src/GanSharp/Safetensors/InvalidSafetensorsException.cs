namespace GanSharp.Safetensors;

/// <summary>A file isn't a valid safetensors file, or not the expected one; the message names the file, the rule and what was found.</summary>
public sealed class InvalidSafetensorsException : Exception
{
    internal InvalidSafetensorsException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
