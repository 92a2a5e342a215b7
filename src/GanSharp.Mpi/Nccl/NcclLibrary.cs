using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace GanSharp.Mpi.Nccl;

/// <summary>NCCL's functions, from its documentation: https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/api.html. Untested on hardware.</summary>
internal sealed unsafe class NcclLibrary
{
    private const int Sum = 0;
    private readonly delegate* unmanaged[Cdecl]<NcclId*, int> getUniqueId;
    private readonly delegate* unmanaged[Cdecl]<nint*, int, NcclId, int, int> initRank;
    private readonly delegate* unmanaged[Cdecl]<nint, nint, nuint, int, int, nint, nint, int> allReduce;
    private readonly delegate* unmanaged[Cdecl]<nint, nint, nuint, int, int, nint, nint, int> broadcast;
    private readonly delegate* unmanaged[Cdecl]<int> groupStart, groupEnd;
    private readonly delegate* unmanaged[Cdecl]<nint, int> destroy, abort;
    private readonly delegate* unmanaged[Cdecl]<int, byte*> errorString;

    // The part of torch_cuda, where libtorch holds NCCL itself, first: two copies in a process don't know of each other.
    private static readonly string[] Names = ["torch_cuda", "libnccl.so.2"];

    public NcclLibrary()
    {
        var library = Names.Select(name => NativeLibrary.TryLoad(name, typeof(Tensor).Assembly, null, out var found) && NativeLibrary.TryGetExport(found, "ncclGetUniqueId", out _) ? found : 0).FirstOrDefault(found => found != 0);
        if (library == 0)
            throw new MpiException($"NCCL was not found: neither of {string.Join(", ", Names)} can be loaded and exports ncclGetUniqueId. Build with -p:Backend=cuda, or install libnccl2.");
        nint At(string name) => NativeLibrary.GetExport(library, $"nccl{name}");
        getUniqueId = (delegate* unmanaged[Cdecl]<NcclId*, int>)At("GetUniqueId");
        initRank = (delegate* unmanaged[Cdecl]<nint*, int, NcclId, int, int>)At("CommInitRank");
        allReduce = (delegate* unmanaged[Cdecl]<nint, nint, nuint, int, int, nint, nint, int>)At("AllReduce");
        broadcast = (delegate* unmanaged[Cdecl]<nint, nint, nuint, int, int, nint, nint, int>)At("Broadcast");
        groupStart = (delegate* unmanaged[Cdecl]<int>)At("GroupStart");
        groupEnd = (delegate* unmanaged[Cdecl]<int>)At("GroupEnd");
        destroy = (delegate* unmanaged[Cdecl]<nint, int>)At("CommDestroy");
        abort = (delegate* unmanaged[Cdecl]<nint, int>)At("CommAbort");
        errorString = (delegate* unmanaged[Cdecl]<int, byte*>)At("GetErrorString");
    }

    /// <summary>Bytes by which the ranks of a communicator find each other: made by one, known to all.</summary>
    public byte[] CreateId()
    {
        NcclId id;
        Check(getUniqueId(&id), "ncclGetUniqueId");
        return new ReadOnlySpan<byte>(&id, NcclId.Bytes).ToArray();
    }

    public nint Join(byte[] id, int rank, int size)
    {
        nint communicator = 0;
        Check(initRank(&communicator, size, MemoryMarshal.Read<NcclId>(id), rank), "ncclCommInitRank");
        return communicator;
    }

    /// <summary>Puts a sum in place onto a stream; it is done when the stream comes to it.</summary>
    public void Add(nint values, long count, int type, nint communicator, nint stream) =>
        Check(allReduce(values, values, (nuint)count, type, Sum, communicator, stream), "ncclAllReduce");

    public void Copy(nint bytes, long count, nint communicator, nint stream) => Check(broadcast(bytes, bytes, (nuint)count, TypeOfBytes, 0, communicator, stream), "ncclBroadcast");

    /// <summary>What is begun in between is one launch.</summary>
    public void Together(Action calls)
    {
        Check(groupStart(), "ncclGroupStart");
        try
        {
            calls();
        }
        finally
        {
            Check(groupEnd(), "ncclGroupEnd");
        }
    }

    public void Leave(nint communicator, bool together) => _ = together ? destroy(communicator) : abort(communicator);

    private const int TypeOfBytes = 1;

    /// <summary>NCCL's name of a type that it adds.</summary>
    public static int TypeOf(ScalarType type) => type switch
    {
        ScalarType.Float16 => 6,
        ScalarType.Float32 => 7,
        ScalarType.Float64 => 8,
        ScalarType.BFloat16 => 9,
        ScalarType.Int64 => 4,
        _ => throw new ArgumentException($"NCCL adds Float16, Float32, Float64, BFloat16 and Int64 here, not {type}."),
    };

    private void Check(int code, string function)
    {
        if (code != 0)
            throw new MpiException($"{function} failed: {Marshal.PtrToStringUTF8((nint)errorString(code))} ({code}). NCCL_DEBUG=INFO says more.");
    }

    /// <summary>It is passed by value.</summary>
    [InlineArray(Bytes)]
    private struct NcclId
    {
        public const int Bytes = 128;
        private byte first;
    }
}
