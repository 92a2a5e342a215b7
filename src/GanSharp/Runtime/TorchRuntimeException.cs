namespace GanSharp.Runtime;

/// <summary>TorchSharp's native library can't be loaded; the message says what is missing and what to do.</summary>
public sealed class TorchRuntimeException : Exception
{
    internal TorchRuntimeException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
