using Microsoft.Extensions.Logging;

namespace GanSharp.Reporting.Runs.Writing;

/// <summary>What the writing of a run's folder tells a logger.</summary>
internal static partial class RunLog
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Warning, Message = "{Trouble}")]
    public static partial void Trouble(ILogger logger, string trouble);
}
