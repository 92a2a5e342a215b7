namespace GanSharp.Mpi;

/// <summary>One of the processes that train together.</summary>
/// <param name="Rank">Its number.</param>
/// <param name="Host">Its machine's name, as MPI gives it.</param>
/// <param name="ProcessId">Its number on that machine: what MPICH's mpirun says of a process that died, where it doesn't say the rank.</param>
public sealed record MpiMember(int Rank, string Host, int ProcessId);
