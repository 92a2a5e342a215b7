using System.Runtime.InteropServices;
using GanSharp.Communication;
using GanSharp.Mpi.Exchange;
using GanSharp.Mpi.Failure;
using GanSharp.Mpi.Native;
using static TorchSharp.torch;

namespace GanSharp.Mpi;

/// <summary>
/// The processes that one mpirun started, as a communicator of <c>TrainingOptions.Communicator</c>. The MPI library is found at run time: the same program runs under Open MPI, MPICH and its relatives, and
/// alone. Ranks meet before every call and compare what they are about to do, so that unlike calls, types or shapes are found before any value is changed. A rank that throws, dies or hangs ends the whole
/// job: within <see cref="MpiOptions.Timeout"/> where it hangs, at once otherwise.
/// </summary>
/// <remarks>
/// Any thread may call; calls follow one another. Tensors on a GPU travel through the CPU's memory; <c>NcclCommunicator</c> sends them directly. What only one rank does after training belongs after
/// <see cref="Dispose"/>, where nobody waits for it.
/// </remarks>
public sealed class MpiCommunicator : ICommunicator, IDisposable
{
    // After an exception the others will hardly come; and whoever catches it waits to tell the user.
    private static readonly TimeSpan PatienceAfterException = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly MpiOptions options;
    private readonly Job? job;
    private readonly Meeting? meeting;
    private readonly Watchdog? watchdog;
    private readonly Staging staging = new();
    private readonly ProcessWatch? processWatch;
    private readonly bool isOwn;
    private bool isDisposed;

    private MpiCommunicator(MpiOptions options, MpiLibrary? mpi, bool isOwn, Launcher? launcher)
    {
        (this.options, this.isOwn) = (options, isOwn);
        Library = mpi is null ? "no MPI: one process" : $"{mpi.Version} ({mpi.Name})";
        if (mpi is null)
        {
            (Size, Members) = (1, [new MpiMember(0, Environment.MachineName, Environment.ProcessId)]);
            return;
        }
        (Rank, Size) = (mpi.Rank(mpi.Handles.World), mpi.Size(mpi.Handles.World));
        launcher?.ThrowIfNotOf(Size, Library);
        job = new Job(mpi, mpi.Duplicate(mpi.Handles.World), Rank, Size, mpi.ProcessorName);
        Members = MemberList.Of(job);
        LocalRank = Members.Take(Rank).Count(member => member.Host == job.Host);
        meeting = new Meeting(job, options.Timeout);
        watchdog = new Watchdog(job, options.Timeout);
        if (Size > 1)
            processWatch = new ProcessWatch(job, Dispose);
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <inheritdoc/>
    public int LocalRank { get; }

    /// <summary>All processes, in the order of their ranks.</summary>
    public IReadOnlyList<MpiMember> Members { get; }

    /// <summary>What MPI says of itself, and the name by which it was found; "no MPI: one process" where the program was started without a launcher and there is none.</summary>
    public string Library { get; }

    /// <summary>Begins MPI and meets the other processes. A process can do so once: MPI can't begin again after its end.</summary>
    /// <param name="options">Null for the defaults.</param>
    /// <returns>The processes of this job, or this one alone where it was started without a launcher; the caller disposes it after training.</returns>
    /// <exception cref="MpiException">No library fits the launcher, the launcher belongs to another MPI, or MPI fails. The message says what was tried.</exception>
    /// <exception cref="InvalidOperationException">There is, or was, a communicator in this process.</exception>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    public static MpiCommunicator Initialize(MpiOptions? options = null)
    {
        options ??= new MpiOptions();
        options.ThrowIfInvalid();
        return MpiProcess.Begin(options, (mpi, isOwn, launcher) => new MpiCommunicator(options, mpi, isOwn, launcher));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// float32, float64 and int64 are added as they are; float16 and bfloat16 as float32, rounded once at the end. Small tensors travel together, in an order that depends on types and shapes alone. Every
    /// rank gets the same bits, and so does every run with as many ranks and the same library.
    /// </remarks>
    /// <exception cref="ArgumentException">A tensor has a type that can't be added, or is sparse.</exception>
    /// <exception cref="MpiException">The ranks' calls, types or shapes are unlike, or MPI fails.</exception>
    /// <exception cref="ObjectDisposedException">The communicator was disposed.</exception>
    public void AllReduce(IReadOnlyList<Tensor> tensors) => Exchange(
        nameof(AllReduce), tensors, isSum: true, (mpi, communicator, bucket, address, count) => mpi.Sum(address, count, bucket.Wire.Handle, communicator));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is sparse.</exception>
    /// <exception cref="MpiException">The ranks' calls, types or shapes are unlike, or MPI fails.</exception>
    /// <exception cref="ObjectDisposedException">The communicator was disposed.</exception>
    public void Broadcast(IReadOnlyList<Tensor> tensors) => Exchange(
        nameof(Broadcast), tensors, isSum: false, (mpi, communicator, _, address, count) => mpi.Broadcast(address, count, communicator));

    /// <inheritdoc/>
    /// <exception cref="MpiException">Another rank calls something else, or MPI fails.</exception>
    /// <exception cref="ObjectDisposedException">The communicator was disposed.</exception>
    public void Barrier() => Meet(nameof(Barrier), []);

    /// <summary>Ends all processes of the job at once, with exit code 1, after saying so on stderr; it doesn't return. For errors after which the others must not go on.</summary>
    /// <param name="reason">What happened, as the end of a sentence: "ends the job: {reason}".</param>
    public void Abort(string reason)
    {
        if (job is null)
        {
            Console.Error.WriteLine($"GanSharp.Mpi: the process ends: {reason}");
            Environment.Exit(1);
        }
        job.End($"ends the job: {reason}");
    }

    /// <summary>
    /// Leaves, when all others do. Where another rank still trains, or an exception is on its way out of a <c>using</c> block, MPI isn't ended in order, which would wait forever: the others get an
    /// exception in their next call, and the launcher ends them when this process ends.
    /// </summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (isDisposed)
                return;
            isDisposed = true;
            using var calling = job?.Call();
            // Not zero while an exception unwinds the stack.
            var isFailing = Marshal.GetExceptionPointers() != 0;
            var leaveTogether = job is null || Size == 1 || meeting!.Leave(new CallSignature("Dispose", [], options), isFailing ? PatienceAfterException : null);
            staging.Dispose();
            if (!leaveTogether)
            {
                // MPI may still write into what the meeting holds, and the watch ends the job when the process ends.
                processWatch!.HasLeft();
                return;
            }
            processWatch?.Dispose();
            if (job is not null)
                watchdog!.Guard("MPI_Finalize", () => MpiProcess.End(job, isOwn));
            watchdog?.Dispose();
            meeting?.Dispose();
        }
    }

    /// <summary>Waits until all ranks call the same, with tensors alike.</summary>
    internal void Meet(string operation, IReadOnlyList<Tensor> tensors)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            using var calling = job?.Call();
            if (Size > 1)
                meeting!.Meet(new CallSignature(operation, tensors, options));
        }
    }

    private delegate void Call(MpiLibrary mpi, nint communicator, Bucket bucket, nint address, int count);

    private void Exchange(string operation, IReadOnlyList<Tensor> tensors, bool isSum, Call call)
    {
        TensorRules.ThrowIfUnfit(tensors, isSum);
        lock (gate)
        {
            Meet(operation, tensors);
            if (Size == 1)
                return;
            using var calling = job!.Call();
            options.Arrived?.Invoke();
            var handles = job.Mpi.Handles;
            foreach (var bucket in Bucket.Divide(tensors, tensor => isSum ? Wire.ToAdd(tensor.dtype, handles)! : Wire.ToCopy(tensor, handles), options.BucketBytes))
                staging.Exchange(bucket, (address, values) => watchdog!.Guard($"the transfer of {operation}", () => InPieces(bucket, address, values, call)));
        }
    }

    /// <summary>MPI counts with 32 bits.</summary>
    private void InPieces(Bucket bucket, nint address, long values, Call call)
    {
        var (units, unitBytes) = (values * bucket.Wire.Units, bucket.Wire.Size / bucket.Wire.Units);
        for (long start = 0; start < units; start += options.LargestCount)
            call(job!.Mpi, job.Communicator, bucket, (nint)(address + start * unitBytes), (int)Math.Min(options.LargestCount, units - start));
    }
}
