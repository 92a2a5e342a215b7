using System.Runtime.InteropServices;

namespace GanSharp.Diagnostics.Reports;

/// <summary>
/// A measurement of a report that failed or was refused. Training continues, because measurements don't affect it, and the failure
/// may be in the user's code, such as an auditor's factory, a generator in evaluation mode or held-out data.
/// </summary>
/// <param name="What">What was not measured: "the diagnostics" or "the audit".</param>
/// <param name="ExceptionType">Name of the exception's class, such as "InvalidOperationException".</param>
/// <param name="Message">The exception's message on one line.</param>
/// <param name="Advice">What to do.</param>
public sealed record DiagnosticFailure(string What, string ExceptionType, string Message, string Advice)
{
    /// <summary>The failure, what to do and that training continues, in one sentence that begins "the audit failed: InvalidOperationException: …".</summary>
    public override string ToString() => $"{What} failed: {ExceptionType}: {Message}. {Advice}; training goes on without";

    internal static DiagnosticFailure Of(string what, Exception exception, string advice, string memoryAdvice = "lower DiagnosticOptions.Samples")
    {
        var cause = OtherRankException.Cause.Of(exception);
        return new(what, cause.ExceptionType, cause.Message, cause.IsOutOfMemory ? $"Free memory, or {memoryAdvice}" : advice);
    }

    // libtorch appends its native stack.
    internal static string OneLine(Exception exception) => (exception is ExternalException
        ? exception.Message.Split('\n')[0].TrimEnd()
        : string.Join(' ', exception.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))).TrimEnd('.');
}
