using System.Runtime.InteropServices;
using GanSharp.Reporting.Consoles;

namespace GanSharp.Reporting;

/// <summary>
/// Ctrl-C and SIGTERM as a cancellation: the first one ends the run after the step in progress, and a run with checkpoints saves where it stands; a second one
/// ends the process at once, with the system's exit code (130 after Ctrl-C, 143 after SIGTERM), and what was saved before stays good.
/// </summary>
public sealed class ConsoleInterruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration interrupt, terminate;
    private int signals;

    /// <summary>Listens until it is disposed.</summary>
    public ConsoleInterruption()
    {
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
    }

    /// <summary>Canceled by the first signal. A program that then ends by itself returns 130 by custom.</summary>
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
        if (Interlocked.Exchange(ref signals, 1) != 0)
            return;
        signal.Cancel = true;
        source.Cancel();
        try
        {
            LiveLines.Interject(() => Console.Error.WriteLine($"{Environment.NewLine}Stopping after this step and saving, if the run keeps checkpoints. A second Ctrl-C ends at once, without saving."));
        }
        catch (IOException)
        {
            // Nobody reads it, or the disk behind it is full; the run is saved all the same.
        }
    }
}
