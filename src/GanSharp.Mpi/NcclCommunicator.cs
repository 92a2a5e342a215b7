using GanSharp.Communication;
using GanSharp.Mpi.Exchange;
using GanSharp.Mpi.Nccl;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Mpi;

/// <summary>
/// Sums and copies of tensors on NVIDIA GPUs from one GPU to the next by NCCL, which adds halves as halves; everything else as <see cref="MpiCommunicator"/>, over which the ranks find each other.
/// <b>Untested: it was written from NCCL's documentation, and has never run on a GPU.</b> Compare a short run's result with that of <see cref="MpiCommunicator"/>, which takes tensors of GPUs too,
/// before you trust it.
/// </summary>
/// <remarks>
/// One GPU a process: it must see no other, because TorchSharp can't choose one for NCCL. Set CUDA_VISIBLE_DEVICES to the local rank before the program starts, as samples/Distributed's manifest does. Calls
/// are put onto the stream that TorchSharp computes on, and nothing waits for the GPU. The ranks meet before each call as in <see cref="MpiCommunicator"/>; a transfer that hangs on the GPU afterwards is not
/// watched: set NCCL's own limits (TORCH_NCCL_… are not read here).
/// </remarks>
public sealed class NcclCommunicator : ICommunicator, IDisposable
{
    // The default stream, on which TorchSharp computes, since it has no others.
    private const nint Stream = 0;
    private readonly MpiCommunicator processes;
    private readonly NcclLibrary nccl;
    private readonly nint communicator;
    private readonly Lock gate = new();
    private bool isDisposed;

    private NcclCommunicator(MpiCommunicator processes)
    {
        this.processes = processes;
        nccl = new NcclLibrary();
        using var scope = NewDisposeScope();
        var id = processes.Rank == 0 ? tensor(nccl.CreateId()) : zeros(IdBytes, ScalarType.Byte);
        processes.Broadcast([id]);
        communicator = nccl.Join(id.bytes.ToArray(), processes.Rank, processes.Size);
    }

    private const long IdBytes = 128;

    /// <inheritdoc/>
    public int Rank => processes.Rank;

    /// <inheritdoc/>
    public int Size => processes.Size;

    /// <inheritdoc/>
    public int LocalRank => processes.LocalRank;

    /// <summary>Lets the ranks' GPUs find each other. Every rank must call it.</summary>
    /// <param name="processes">Which ranks; it must outlive the result, and stays the caller's.</param>
    /// <returns>A communicator of the same ranks, which the caller disposes before <paramref name="processes"/>.</returns>
    /// <exception cref="InvalidOperationException">This process sees no GPU, or more than one.</exception>
    /// <exception cref="MpiException">NCCL isn't there, or fails.</exception>
    public static NcclCommunicator Create(MpiCommunicator processes)
    {
        ArgumentNullException.ThrowIfNull(processes);
        if (!cuda.is_available())
            throw new InvalidOperationException("NCCL needs an NVIDIA GPU, and TorchSharp sees none: build with -p:Backend=cuda, or train with MpiCommunicator.");
        return cuda.device_count() == 1
            ? new NcclCommunicator(processes)
            : throw new InvalidOperationException(
                $"This process must see one GPU but sees {cuda.device_count()}: start it with CUDA_VISIBLE_DEVICES={processes.LocalRank}, its local rank.");
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor has a type that can't be added, or is sparse.</exception>
    /// <exception cref="MpiException">The ranks' calls, types or shapes are unlike, or NCCL fails.</exception>
    /// <exception cref="ObjectDisposedException">The communicator was disposed.</exception>
    public void AllReduce(IReadOnlyList<Tensor> tensors) => Exchange(
        nameof(AllReduce), tensors, isSum: true, processes.AllReduce, (address, tensor) => nccl.Add(address, tensor.numel(), NcclLibrary.TypeOf(tensor.dtype), communicator, Stream));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is sparse.</exception>
    /// <exception cref="MpiException">The ranks' calls, types or shapes are unlike, or NCCL fails.</exception>
    /// <exception cref="ObjectDisposedException">The communicator was disposed.</exception>
    public void Broadcast(IReadOnlyList<Tensor> tensors) => Exchange(
        nameof(Broadcast), tensors, isSum: false, processes.Broadcast, (address, tensor) => nccl.Copy(address, tensor.numel() * tensor.element_size(), communicator, Stream));

    /// <inheritdoc/>
    public void Barrier()
    {
        cuda.synchronize();
        processes.Barrier();
    }

    /// <summary>Leaves NCCL. The processes' communicator is the caller's to dispose, afterwards.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (isDisposed)
                return;
            isDisposed = true;
            nccl.Leave(communicator, together: System.Runtime.InteropServices.Marshal.GetExceptionPointers() == 0);
        }
    }

    private void Exchange(string operation, IReadOnlyList<Tensor> tensors, bool isSum, Action<IReadOnlyList<Tensor>> byProcesses, Action<nint, Tensor> call)
    {
        TensorRules.ThrowIfUnfit(tensors, isSum);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            Tensor[] onCpu = [.. tensors.Where(tensor => tensor.device_type != DeviceType.CUDA)], onGpu = [.. tensors.Where(tensor => tensor.device_type == DeviceType.CUDA && tensor.numel() > 0)];
            if (onCpu.Length > 0)
                byProcesses(onCpu);
            processes.Meet($"{operation} on GPUs", onGpu);
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            var plain = onGpu.Select(tensor => tensor.is_contiguous() && !tensor.is_complex() ? tensor : tensor.detach().clone().contiguous()).ToArray();
            nccl.Together(() =>
            {
                foreach (var tensor in plain)
                    call(TensorAddress.Of(tensor), tensor);
            });
            foreach (var (own, result) in onGpu.Zip(plain).Where(pair => !ReferenceEquals(pair.First, pair.Second)))
                own.detach().copy_(result);
        }
    }
}
