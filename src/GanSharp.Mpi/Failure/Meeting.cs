using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using GanSharp.Mpi.Exchange;

namespace GanSharp.Mpi.Failure;

/// <summary>
/// Where ranks meet before each call: an all-reduce of 24 bytes that says whether all call the same. It is waited for by asking, not in MPI's own loop, so that a rank that doesn't come can be named, and
/// processes that share a core don't take it from each other.
/// </summary>
internal sealed unsafe class Meeting(Job job, TimeSpan? timeout) : IDisposable
{
    // A hash and its complement: the largest of both tell whether all are the same. And who leaves, or −1.
    private const int Values = 3;

    // Asking without giving up the processor, giving it up, sleeping; by how long it has lasted.
    private static readonly TimeSpan UntilYield = TimeSpan.FromMicroseconds(20), UntilSleep = TimeSpan.FromMilliseconds(100), BetweenAnswers = TimeSpan.FromMilliseconds(50);

    private readonly RollCall roll = new(job);
    private readonly long* values = (long*)NativeMemory.AllocZeroed(Values, sizeof(long));

    /// <summary>Calls so far.</summary>
    public long Count { get; private set; }

    /// <summary>Returns when every rank has come with the same call.</summary>
    /// <exception cref="MpiException">They came with unlike calls; every rank gets it.</exception>
    public void Meet(CallSignature call)
    {
        Count++;
        if (!Wait(call, -1, timeout))
            Despair(call);
        if (AreAlike)
            return;
        // All ranks see the same numbers, so that they come to the same verdict; one that left takes no part in a discussion.
        throw new MpiException(values[2] >= 0
            ? $"Rank {values[2]} has left, by an exception or because it ended before the others, while rank {job.Rank} calls {call.Operation}."
            : CallSignature.Difference(Describe(call)));
    }

    /// <summary>Takes leave of the others.</summary>
    /// <param name="call">What this is called.</param>
    /// <param name="patience">How long to wait; null for the usual time, after which the job is ended.</param>
    /// <returns>Whether all leave. Where they don't, MPI may still write into this object's memory.</returns>
    public bool Leave(CallSignature call, TimeSpan? patience)
    {
        Count++;
        if (Wait(call, job.Rank, patience ?? timeout))
            return AreAlike;
        if (patience is null)
            Despair(call);
        return false;
    }

    public void Dispose()
    {
        NativeMemory.Free(values);
        roll.Dispose();
    }

    private bool AreAlike => values[1] == ~values[0];

    /// <returns>False where time is up. MPI may still write into the memory then.</returns>
    private bool Wait(CallSignature call, int leaver, TimeSpan? patience)
    {
        (values[0], values[2]) = (call.Hash(), leaver);
        values[1] = ~values[0];
        var request = job.Mpi.StartMax((nint)values, Values, job.Communicator);
        var start = Stopwatch.GetTimestamp();
        var nextAnswer = BetweenAnswers;
        while (!job.Mpi.IsComplete(ref request))
        {
            var elapsed = Stopwatch.GetElapsedTime(start);
            if (elapsed > patience)
                return false;
            if (elapsed > nextAnswer)
            {
                roll.AnswerQuestions();
                nextAnswer = elapsed + BetweenAnswers;
            }
            if (elapsed > UntilSleep)
                Thread.Sleep(1);
            else if (elapsed > UntilYield)
                Thread.Yield();
        }
        return true;
    }

    private void Despair(CallSignature call)
    {
        var present = roll.Ask();
        int[] absent = [.. Enumerable.Range(0, job.Size).Where(rank => rank != job.Rank && !present.Contains(rank))];
        var others = present.Count == 0 ? "" : $"; {RankList.Of(present)} {(present.Count == 1 ? "waits" : "wait")} there, too";
        job.End(string.Create(
            CultureInfo.InvariantCulture, $"ends the job: it waited {timeout!.Value.TotalSeconds:0.#} s in {call.Operation} (call {Count}), and {(absent.Length == 0 ? "now all answer, but they don't meet" : $"{RankList.Of(absent)} did not arrive")}{others}."));
    }

    /// <summary>What every rank calls, told to all of them.</summary>
    private string[] Describe(CallSignature call)
    {
        var own = Encoding.UTF8.GetBytes(call.Describe());
        long[] length = [own.Length];
        var lengths = Gathering.Of(job, MemoryMarshal.AsBytes<long>(length), sizeof(long));
        var longest = Enumerable.Range(0, job.Size).Max(rank => BitConverter.ToInt64(lengths, rank * sizeof(long)));
        var all = Gathering.Of(job, own, (int)longest);
        return [.. Enumerable.Range(0, job.Size).Select(rank => Encoding.UTF8.GetString(all, rank * (int)longest, (int)BitConverter.ToInt64(lengths, rank * sizeof(long))))];
    }
}
