using System.Runtime.InteropServices;

namespace GanSharp.Reporting;

/// <summary>Ctrl-C and SIGTERM as a cancellation: the first one ends the run after the step in progress, a second one ends the process.</summary>
public sealed class ConsoleInterruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration interrupt, terminate;

    /// <summary>Listens until it is disposed.</summary>
    public ConsoleInterruption()
    {
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        interrupt.Dispose();
        terminate.Dispose();
        source.Dispose();
    }

    internal void Interrupt(PosixSignalContext signal)
    {
        if (source.IsCancellationRequested)
            return;
        signal.Cancel = true;
        Console.Error.WriteLine();
        Console.Error.WriteLine("Stopping after this step; press Ctrl-C again to stop at once.");
        source.Cancel();
    }
}
