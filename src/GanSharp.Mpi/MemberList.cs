using System.Buffers.Binary;
using System.Text;
using GanSharp.Mpi.Failure;

namespace GanSharp.Mpi;

/// <summary>Tells every process of all others.</summary>
internal static class MemberList
{
    // The longest name of a machine in any MPI, and the process's number.
    private const int NameBytes = 256, EntryBytes = NameBytes + sizeof(int);

    public static IReadOnlyList<MpiMember> Of(Job job)
    {
        var own = new byte[EntryBytes];
        BinaryPrimitives.WriteInt32LittleEndian(own, Environment.ProcessId);
        var name = Encoding.UTF8.GetBytes(job.Host);
        name.AsSpan(0, Math.Min(name.Length, NameBytes)).CopyTo(own.AsSpan(sizeof(int)));
        var all = Gathering.Of(job, own, EntryBytes);
        return [.. Enumerable.Range(0, job.Size).Select(rank => Read(rank, all.AsSpan(rank * EntryBytes, EntryBytes)))];
    }

    private static MpiMember Read(int rank, ReadOnlySpan<byte> entry) =>
        new(rank, Encoding.UTF8.GetString(entry[sizeof(int)..]).TrimEnd('\0'), BinaryPrimitives.ReadInt32LittleEndian(entry));
}
