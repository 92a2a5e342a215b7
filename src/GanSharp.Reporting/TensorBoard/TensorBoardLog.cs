using Microsoft.Extensions.Logging;

namespace GanSharp.Reporting.TensorBoard;

/// <summary>What the writer tells a logger.</summary>
internal static partial class TensorBoardLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Failure}")]
    public static partial void Trouble(ILogger logger, string failure);
}
