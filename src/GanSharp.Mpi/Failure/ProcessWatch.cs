using System.Runtime.InteropServices;

namespace GanSharp.Mpi.Failure;

/// <summary>
/// Ends the job when this process ends while the others need it: by an exception that nobody caught, or because the program returned. Only as long as the communicator lives, since the process belongs to
/// its program.
/// </summary>
internal sealed class ProcessWatch : IDisposable
{
    private readonly Job job;
    private readonly Action leave;
    private readonly PosixSignalRegistration termination;
    private volatile bool isTerminated, hasLeft;

    /// <param name="job">To end.</param>
    /// <param name="leave">Leaves in order where the program forgot to.</param>
    public ProcessWatch(Job job, Action leave)
    {
        (this.job, this.leave) = (job, leave);
        AppDomain.CurrentDomain.UnhandledException += OnUnhandledException;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        // The launcher's way to end the others: nothing to report.
        termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => isTerminated = true);
    }

    /// <summary>This rank left while others go on: they end when the process does.</summary>
    public void HasLeft() => hasLeft = true;

    public void Dispose()
    {
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandledException;
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        termination.Dispose();
    }

    private void OnUnhandledException(object sender, UnhandledExceptionEventArgs arguments) => job.End($"ends the job, by an exception that nobody caught: {arguments.ExceptionObject}");

    private void OnProcessExit(object? sender, EventArgs arguments)
    {
        if (isTerminated)
            return;
        if (!hasLeft && Environment.ExitCode == 0)
            leave();
        if (hasLeft || Environment.ExitCode != 0)
            job.End(FormattableString.Invariant($"ends the job: its process ended (exit code {Environment.ExitCode}) before the others, by an error or because it had less to do."));
    }
}
