using Microsoft.Extensions.Logging;

namespace GanSharp.Reporting;

/// <summary>What the package tells a logger. It is one class, because the generator writes several in an order that changes from build to build.</summary>
internal static partial class ReportingLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Failure}")]
    public static partial void TensorBoardTrouble(ILogger logger, string failure);

    [LoggerMessage(EventId = 100, Level = LogLevel.Warning, Message = "{Trouble}")]
    public static partial void RunFolderTrouble(ILogger logger, string trouble);
}
