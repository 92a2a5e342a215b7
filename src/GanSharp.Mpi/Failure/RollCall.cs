using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GanSharp.Mpi.Failure;

/// <summary>
/// Finds out which ranks wait in the same call. A rank answers only while it waits; one that computes, hangs or is stopped doesn't answer. Nothing is sent until a rank has lost its patience.
/// </summary>
internal sealed unsafe class RollCall(Job job) : IDisposable
{
    private const int Question = 1, Answer = 2;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    // It must stay while messages are on their way.
    private readonly void* content = NativeMemory.AllocZeroed(1);

    /// <summary>Answers those who ask.</summary>
    public void AnswerQuestions()
    {
        for (var rank = 0; rank < job.Size; rank++)
            if (rank != job.Rank && job.Mpi.TakeSignal(rank, Question, job.Communicator))
                job.Mpi.Signal((nint)content, rank, Answer, job.Communicator);
    }

    /// <summary>Asks everybody, and waits a second for answers.</summary>
    /// <returns>The ranks that gave one.</returns>
    public IReadOnlyList<int> Ask()
    {
        foreach (var rank in Others())
            job.Mpi.Signal((nint)content, rank, Question, job.Communicator);
        var present = new SortedSet<int>();
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Grace && present.Count < job.Size - 1; Thread.Sleep(1))
        {
            AnswerQuestions();
            foreach (var rank in Others())
                if (job.Mpi.TakeSignal(rank, Answer, job.Communicator))
                    present.Add(rank);
        }
        return [.. present];
    }

    public void Dispose() => NativeMemory.Free(content);

    private IEnumerable<int> Others() => Enumerable.Range(0, job.Size).Where(rank => rank != job.Rank);
}
