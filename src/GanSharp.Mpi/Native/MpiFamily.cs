namespace GanSharp.Mpi.Native;

/// <summary>Libraries of one binary interface.</summary>
internal enum MpiFamily
{
    /// <summary>Handles are addresses of exported variables.</summary>
    OpenMpi,

    /// <summary>MPICH, Intel MPI, MVAPICH, Cray MPICH, ParaStation MPI: handles are numbers of 32 bits.</summary>
    Mpich,

    /// <summary>Any library that offers the binary interface of MPI 5.</summary>
    StandardAbi,
}
