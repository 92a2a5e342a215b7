using System.Runtime.InteropServices;

namespace GanSharp.Mpi.Native;

/// <summary>
/// What mpi.h defines, which differs from library to library. A handle is as wide as a register: where it is an address it fills it, where it is a number of 32 bits the callee
/// reads the lower half.
/// </summary>
internal sealed record MpiHandles
{
    public required nint World { get; init; }

    public required nint Byte { get; init; }

    public required nint Float { get; init; }

    public required nint Double { get; init; }

    public required nint Int64 { get; init; }

    public required nint Sum { get; init; }

    public required nint Max { get; init; }

    public required nint ErrorsReturn { get; init; }

    /// <summary>In place of a buffer to send: it is the one to receive into.</summary>
    public required nint InPlace { get; init; }

    public required nint StatusIgnore { get; init; }

    /// <summary>Several threads may call, one at a time.</summary>
    public required int ThreadSerialized { get; init; }

    // mpi.h of MPICH 4.0.2. The bits of a handle say its kind, and a type's hold its size.
    private static readonly MpiHandles Mpich = new()
    {
        World = 0x44000000, Byte = 0x4c00010d, Float = 0x4c00040a, Double = 0x4c00080b, Int64 = 0x4c00083a, Sum = 0x58000003, Max = 0x58000001, ErrorsReturn = 0x54000001,
        InPlace = -1, StatusIgnore = 1, ThreadSerialized = 2,
    };

    // The MPI Forum's mpi.h of the binary interface, version 1.0.
    private static readonly MpiHandles StandardAbi = new()
    {
        World = 0x101, Byte = 0x247, Float = 0x210, Double = 0x214, Int64 = 0x258, Sum = 0x21, Max = 0x23, ErrorsReturn = 0x142,
        InPlace = 1, StatusIgnore = 0, ThreadSerialized = 2048,
    };

    /// <exception cref="EntryPointNotFoundException">The library lacks a variable.</exception>
    public static MpiHandles Of(MpiFamily family, nint library) => family switch
    {
        MpiFamily.Mpich => Mpich,
        MpiFamily.StandardAbi => StandardAbi,
        _ => OpenMpi(library),
    };

    // mpi.h of Open MPI 4.1.4.
    private static MpiHandles OpenMpi(nint library)
    {
        nint At(string name) => NativeLibrary.GetExport(library, $"ompi_mpi_{name}");
        return new()
        {
            World = At("comm_world"), Byte = At("byte"), Float = At("float"), Double = At("double"), Int64 = At("int64_t"), Sum = At("op_sum"), Max = At("op_max"), ErrorsReturn = At("errors_return"),
            InPlace = 1, StatusIgnore = 0, ThreadSerialized = 2,
        };
    }
}
