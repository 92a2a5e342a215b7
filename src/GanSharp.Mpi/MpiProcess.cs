using System.Runtime.InteropServices;
using GanSharp.Mpi.Failure;
using GanSharp.Mpi.Native;

namespace GanSharp.Mpi;

/// <summary>MPI's beginning and end in this process, each of which can happen once.</summary>
internal static partial class MpiProcess
{
    private static readonly Lock Gate = new();
    private static bool hasBegun;

    /// <summary>Finds the library, begins MPI where no other code of the process has, and makes the communicator.</summary>
    /// <param name="options">Which library.</param>
    /// <param name="make">Gets the library (null where there is none and none is needed), whether MPI was begun here, and the launcher.</param>
    public static MpiCommunicator Begin(MpiOptions options, Func<MpiLibrary?, bool, Launcher?, MpiCommunicator> make)
    {
        lock (Gate)
        {
            if (hasBegun)
                throw new InvalidOperationException("MpiCommunicator.Initialize was called already in this process, and MPI can begin once. Keep the communicator for as long as the program trains.");
            var launcher = Launcher.Find(Environment.GetEnvironmentVariable);
            var named = options.Library ?? (Environment.GetEnvironmentVariable(LibrarySearch.Variable) is { Length: > 0 } path ? path : null);
            KeepSignals();
            var mpi = LibrarySearch.Find(named, launcher);
            if (mpi is null)
            {
                var alone = make(null, false, launcher);
                hasBegun = true;
                return alone;
            }
            return Begin(mpi, launcher, make);
        }
    }

    /// <summary>Ends MPI where it was begun here.</summary>
    public static void End(Job job, bool isOwn)
    {
        job.Mpi.Free(job.Communicator);
        if (!isOwn)
            return;
        if (job.Size > 1 && FinalizeDeadlock.IsPossible(job.Mpi.Description))
            Thread.Sleep(FinalizeDeadlock.Pause);
        job.Mpi.End();
    }

    private static MpiCommunicator Begin(MpiLibrary mpi, Launcher? launcher, Func<MpiLibrary?, bool, Launcher?, MpiCommunicator> make)
    {
        if (mpi.IsFinalized)
            throw new InvalidOperationException("MPI was ended already in this process, and it can't begin again.");
        var isOwn = !mpi.IsInitialized;
        if (isOwn && mpi.Initialize() is var level && level < mpi.Handles.ThreadSerialized)
        {
            mpi.End();
            throw new MpiException($"{mpi.Version} ({mpi.Name}) was built without threads: it offers level {level} where MPI_THREAD_SERIALIZED ({mpi.Handles.ThreadSerialized}) is needed, since .NET has several.");
        }
        hasBegun = true;
        try
        {
            return make(mpi, isOwn, launcher);
        }
        catch (MpiException)
        {
            // Of a launcher that isn't this MPI's: each process is alone then, and nobody waits.
            if (isOwn && mpi.Size(mpi.Handles.World) == 1)
                mpi.End();
            throw;
        }
    }

    // UCX would take SIGSEGV, which .NET needs for NullReferenceException. .NET's own SetEnvironmentVariable doesn't reach the C library.
    private static void KeepSignals()
    {
        if (!OperatingSystem.IsWindows())
            _ = SetEnvironment("UCX_ERROR_SIGNALS", "", 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
