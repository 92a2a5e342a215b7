using System.Runtime.InteropServices;
using System.Text;

namespace GanSharp.Mpi.Native;

/// <summary>An MPI library's functions, by one set of declarations for every family. A result of 4 bytes goes into a zeroed <see cref="nint"/>, so that its upper half is 0.</summary>
internal sealed unsafe class MpiLibrary
{
    // The largest of all families: MPI_MAX_LIBRARY_VERSION_STRING of MPICH.
    private const int LongestText = 8192;

    private readonly delegate* unmanaged[Cdecl]<nint, nint, int, int*, int> initThread;
    private readonly delegate* unmanaged[Cdecl]<int*, int> initialized, finalized;
    private readonly delegate* unmanaged[Cdecl]<int> finalize;
    private readonly delegate* unmanaged[Cdecl]<nint, int, int> abort;
    private readonly delegate* unmanaged[Cdecl]<nint, nint*, int> duplicate;
    private readonly delegate* unmanaged[Cdecl]<nint*, int> free;
    private readonly delegate* unmanaged[Cdecl]<nint, int*, int> rank, size;
    private readonly delegate* unmanaged[Cdecl]<nint, nint, int> setErrorHandler;
    private readonly delegate* unmanaged[Cdecl]<int, byte*, int*, int> errorString;
    private readonly delegate* unmanaged[Cdecl]<byte*, int*, int> libraryVersion, processorName;
    private readonly delegate* unmanaged[Cdecl]<nint, nint, int, nint, nint, nint, int> allReduce;
    private readonly delegate* unmanaged[Cdecl]<nint, nint, int, nint, nint, nint, nint*, int> startAllReduce;
    private readonly delegate* unmanaged[Cdecl]<nint, int, nint, int, nint, int> broadcast;
    private readonly delegate* unmanaged[Cdecl]<nint, int, nint, nint, int, nint, nint, int> allGather;
    private readonly delegate* unmanaged[Cdecl]<nint*, int*, nint, int> test;
    private readonly delegate* unmanaged[Cdecl]<nint, int, nint, int, int, nint, nint*, int> startSend;
    private readonly delegate* unmanaged[Cdecl]<int, int, nint, int*, nint, int> probe;
    private readonly delegate* unmanaged[Cdecl]<nint, int, nint, int, int, nint, nint, int> receive;

    /// <param name="name">As it was asked for.</param>
    /// <param name="library">As the system loaded it.</param>
    /// <param name="family">By what it exports.</param>
    /// <exception cref="EntryPointNotFoundException">It lacks a function.</exception>
    public MpiLibrary(string name, nint library, MpiFamily family)
    {
        (Name, Family, Handles) = (name, family, MpiHandles.Of(family, library));
        nint At(string function) => NativeLibrary.GetExport(library, $"MPI_{function}");
        initThread = (delegate* unmanaged[Cdecl]<nint, nint, int, int*, int>)At("Init_thread");
        initialized = (delegate* unmanaged[Cdecl]<int*, int>)At("Initialized");
        finalized = (delegate* unmanaged[Cdecl]<int*, int>)At("Finalized");
        finalize = (delegate* unmanaged[Cdecl]<int>)At("Finalize");
        abort = (delegate* unmanaged[Cdecl]<nint, int, int>)At("Abort");
        duplicate = (delegate* unmanaged[Cdecl]<nint, nint*, int>)At("Comm_dup");
        free = (delegate* unmanaged[Cdecl]<nint*, int>)At("Comm_free");
        rank = (delegate* unmanaged[Cdecl]<nint, int*, int>)At("Comm_rank");
        size = (delegate* unmanaged[Cdecl]<nint, int*, int>)At("Comm_size");
        setErrorHandler = (delegate* unmanaged[Cdecl]<nint, nint, int>)At("Comm_set_errhandler");
        errorString = (delegate* unmanaged[Cdecl]<int, byte*, int*, int>)At("Error_string");
        libraryVersion = (delegate* unmanaged[Cdecl]<byte*, int*, int>)At("Get_library_version");
        processorName = (delegate* unmanaged[Cdecl]<byte*, int*, int>)At("Get_processor_name");
        allReduce = (delegate* unmanaged[Cdecl]<nint, nint, int, nint, nint, nint, int>)At("Allreduce");
        startAllReduce = (delegate* unmanaged[Cdecl]<nint, nint, int, nint, nint, nint, nint*, int>)At("Iallreduce");
        broadcast = (delegate* unmanaged[Cdecl]<nint, int, nint, int, nint, int>)At("Bcast");
        allGather = (delegate* unmanaged[Cdecl]<nint, int, nint, nint, int, nint, nint, int>)At("Allgather");
        test = (delegate* unmanaged[Cdecl]<nint*, int*, nint, int>)At("Test");
        startSend = (delegate* unmanaged[Cdecl]<nint, int, nint, int, int, nint, nint*, int>)At("Isend");
        probe = (delegate* unmanaged[Cdecl]<int, int, nint, int*, nint, int>)At("Iprobe");
        receive = (delegate* unmanaged[Cdecl]<nint, int, nint, int, int, nint, nint, int>)At("Recv");
    }

    public string Name { get; }

    public MpiFamily Family { get; }

    public MpiHandles Handles { get; }

    /// <summary>What the library says of itself, some lines long.</summary>
    public string Description => Text(libraryVersion);

    /// <summary>"Open MPI v4.1.4", "MPICH Version: 4.0.2": the beginning of <see cref="Description"/>.</summary>
    public string Version => Description.Split('\n', '\0', ',')[0].Replace('\t', ' ').Trim();

    public string ProcessorName => Text(processorName);

    public bool IsInitialized => Asked(initialized);

    public bool IsFinalized => Asked(finalized);

    /// <summary>Begins MPI in this process.</summary>
    /// <returns>What threads may do: at least <see cref="MpiHandles.ThreadSerialized"/> is needed.</returns>
    public int Initialize()
    {
        var provided = 0;
        Check(initThread(0, 0, Handles.ThreadSerialized, &provided), "MPI_Init_thread");
        return provided;
    }

    public void End() => Check(finalize(), "MPI_Finalize");

    /// <summary>Ends every process of the job; it doesn't return.</summary>
    public void Abort(nint communicator, int exitCode) => _ = abort(communicator, exitCode);

    /// <summary>A communicator whose messages no other code of the process sees, and whose errors are returned.</summary>
    public nint Duplicate(nint communicator)
    {
        nint copy = 0;
        Check(duplicate(communicator, &copy), "MPI_Comm_dup");
        Check(setErrorHandler(copy, Handles.ErrorsReturn), "MPI_Comm_set_errhandler");
        return copy;
    }

    public void Free(nint communicator) => Check(free(&communicator), "MPI_Comm_free");

    public int Rank(nint communicator)
    {
        int value;
        Check(rank(communicator, &value), "MPI_Comm_rank");
        return value;
    }

    public int Size(nint communicator)
    {
        int value;
        Check(size(communicator, &value), "MPI_Comm_size");
        return value;
    }

    /// <summary>The sum over all ranks, in place.</summary>
    public void Sum(nint values, int count, nint type, nint communicator) => Check(allReduce(Handles.InPlace, values, count, type, Handles.Sum, communicator), "MPI_Allreduce");

    /// <summary>Begins to find the largest of all ranks, in place.</summary>
    /// <returns>The request.</returns>
    public nint StartMax(nint values, int count, nint communicator)
    {
        nint request = 0;
        Check(startAllReduce(Handles.InPlace, values, count, Handles.Int64, Handles.Max, communicator, &request), "MPI_Iallreduce");
        return request;
    }

    /// <summary>Those of rank 0 to all.</summary>
    public void Broadcast(nint bytes, int count, nint communicator) => Check(broadcast(bytes, count, Handles.Byte, 0, communicator), "MPI_Bcast");

    /// <summary>As many bytes of each rank to all, in the order of ranks.</summary>
    public void Gather(nint own, int count, nint all, nint communicator) => Check(allGather(own, count, Handles.Byte, all, count, Handles.Byte, communicator), "MPI_Allgather");

    /// <summary>Whether a request is complete; completes it.</summary>
    public bool IsComplete(ref nint request)
    {
        var flag = 0;
        fixed (nint* address = &request)
            Check(test(address, &flag, Handles.StatusIgnore), "MPI_Test");
        return flag != 0;
    }

    /// <summary>Begins to send a message of one byte, which must stay where it is and whose value doesn't matter.</summary>
    public void Signal(nint content, int target, int tag, nint communicator)
    {
        nint request = 0;
        Check(startSend(content, 1, Handles.Byte, target, tag, communicator, &request), "MPI_Isend");
    }

    /// <summary>Takes such a message where one has come.</summary>
    public bool TakeSignal(int source, int tag, nint communicator)
    {
        var flag = 0;
        Check(probe(source, tag, communicator, &flag, Handles.StatusIgnore), "MPI_Iprobe");
        if (flag == 0)
            return false;
        byte content;
        Check(receive((nint)(&content), 1, Handles.Byte, source, tag, communicator, Handles.StatusIgnore), "MPI_Recv");
        return true;
    }

    private void Check(int code, string function)
    {
        if (code == 0)
            return;
        var text = stackalloc byte[LongestText];
        var length = 0;
        var meaning = errorString(code, text, &length) == 0 ? Encoding.UTF8.GetString(text, length) : $"error {code}";
        throw new MpiException($"{function} failed: {meaning}");
    }

    private string Text(delegate* unmanaged[Cdecl]<byte*, int*, int> function)
    {
        var text = stackalloc byte[LongestText];
        var length = 0;
        Check(function(text, &length), "A question to MPI");
        return Encoding.UTF8.GetString(text, length);
    }

    private static bool Asked(delegate* unmanaged[Cdecl]<int*, int> function)
    {
        var flag = 0;
        _ = function(&flag);
        return flag != 0;
    }
}
