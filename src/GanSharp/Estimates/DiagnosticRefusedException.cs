namespace GanSharp.Estimates;

/// <summary>The requested number would be misleading; the message says why and what to use instead.</summary>
public sealed class DiagnosticRefusedException : InvalidOperationException
{
    /// <summary>Refuses with a reason.</summary>
    /// <param name="message">Why the number can't be given, and what to do.</param>
    public DiagnosticRefusedException(string message)
        : base(message)
    {
    }
}
