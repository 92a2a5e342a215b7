namespace GanSharp.Mpi.Failure;

/// <summary>As many bytes of every rank, told to all of them.</summary>
internal static unsafe class Gathering
{
    public static byte[] Of(Job job, ReadOnlySpan<byte> own, int length)
    {
        var padded = new byte[length];
        own[..Math.Min(own.Length, length)].CopyTo(padded);
        var all = new byte[(long)length * job.Size];
        fixed (byte* from = padded, to = all)
            job.Mpi.Gather((nint)from, length, (nint)to, job.Communicator);
        return all;
    }
}
