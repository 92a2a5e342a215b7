namespace GanSharp.Estimates;

/// <summary>A number was asked for that would be a lie here; the message says why and what to ask for instead.</summary>
public sealed class DiagnosticRefusedException : InvalidOperationException
{
    /// <summary>Refuses with a reason.</summary>
    /// <param name="message">Why the number can't be given, and what to do.</param>
    public DiagnosticRefusedException(string message)
        : base(message)
    {
    }
}
