using GanSharp.Runtime;

namespace GanSharp.Diagnostics.Reports;

/// <summary>Another process that measures with this one failed, so that there is nothing to report here, either.</summary>
/// <param name="failure">What it said.</param>
internal sealed class OtherRankException(OtherRankException.Cause failure) : Exception(failure.Message)
{
    /// <summary>What the other threw.</summary>
    public Cause Failure => failure;

    /// <summary>An exception, as it can be told to others.</summary>
    /// <param name="ExceptionType">Its class.</param>
    /// <param name="Message">Its message on one line.</param>
    /// <param name="IsOutOfMemory">Whether memory ran out.</param>
    public sealed record Cause(string ExceptionType, string Message, bool IsOutOfMemory)
    {
        public static Cause Of(Exception exception) => exception is OtherRankException other ? other.Failure : new(exception.GetType().Name, DiagnosticFailure.OneLine(exception), OutOfMemory.Explains(exception));
    }
}
