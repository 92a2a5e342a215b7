namespace GanSharp.Communication;

/// <summary>Processes that should train one model were started with unlike options, networks or data, or one of them can't begin. Every rank throws it, before any step; the message names the rank and what differs.</summary>
public sealed class RanksDifferException : InvalidOperationException
{
    internal RanksDifferException(string message)
        : base(message)
    {
    }
}
