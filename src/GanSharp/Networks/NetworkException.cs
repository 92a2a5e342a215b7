namespace GanSharp.Networks;

/// <summary>A network can't be trained; the message names its class, what is wrong, and what to do.</summary>
public sealed class NetworkException : Exception
{
    internal NetworkException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
