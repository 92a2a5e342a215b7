using System.Runtime.ExceptionServices;

namespace GanSharp.Communication;

/// <summary>The processes of one trainer, and the first failure of a call among them that couldn't be thrown where it happened: in a backward pass an exception would end the process.</summary>
internal sealed class RankContext(ICommunicator communicator)
{
    private volatile ExceptionDispatchInfo? failure;

    public ICommunicator Communicator => communicator;

    /// <summary>Whether a call failed: from then on the ranks no longer meet.</summary>
    public bool HasFailed => failure is not null;

    public void Failed(Exception exception) => failure ??= ExceptionDispatchInfo.Capture(exception);

    /// <summary>Throws the failure, where there was one.</summary>
    public void ThrowIfFailed() => failure?.Throw();
}
