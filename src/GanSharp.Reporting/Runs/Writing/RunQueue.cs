using GanSharp.Training.Runs;

namespace GanSharp.Reporting.Runs.Writing;

/// <summary>What waits for the disk.</summary>
internal abstract record RunItem
{
    /// <summary>An enumeration begins at a step.</summary>
    public sealed record Begin(long Step) : RunItem;

    /// <summary>A report.</summary>
    public sealed record Report(TrainingReport Content) : RunItem;

    /// <summary>A picture and where it belongs. What the first of a run takes, while code is compiled and fonts are read, says nothing of the others, so it isn't counted.</summary>
    public sealed record Picture(string Path, RunPicture Content, bool IsCounted) : RunItem;

    /// <summary>An enumeration has ended; whoever waits is told when everything before is written.</summary>
    public sealed record End(ManualResetEventSlim Done) : RunItem;
}

/// <summary>
/// A bounded queue whose producer never waits. Where it is full, pictures go first and then reports; begin and end always find a place, because there is one pair for each enumeration of a run.
/// </summary>
internal sealed class RunQueue(int capacity)
{
    // Large ones take megabytes; and of pictures that wait for a slow disk the latest are worth most.
    private const int MostPictures = 4;
    private readonly object gate = new();
    private readonly LinkedList<RunItem> items = [];
    private bool isClosed;

    /// <summary>Pictures that found no place.</summary>
    public long DroppedPictures { get; private set; }

    /// <summary>Reports that found no place.</summary>
    public long DroppedReports { get; private set; }

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return items.Count;
        }
    }

    /// <returns>Whether it found a place.</returns>
    public bool Add(RunItem item)
    {
        lock (gate)
        {
            if (isClosed || !HasPlaceFor(item))
                return false;
            items.AddLast(item);
            Monitor.Pulse(gate);
            return true;
        }
    }

    /// <summary>The next item; waits for one. Null where the queue is closed and empty.</summary>
    public RunItem? Take()
    {
        lock (gate)
        {
            while (items.Count == 0 && !isClosed)
                Monitor.Wait(gate);
            if (items.First is not { } first)
                return null;
            items.RemoveFirst();
            return first.Value;
        }
    }

    /// <summary>Takes nothing more; what is in it can still be taken.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            Monitor.PulseAll(gate);
        }
    }

    private bool HasPlaceFor(RunItem item)
    {
        if (item is RunItem.Picture && items.Count(waiting => waiting is RunItem.Picture) >= MostPictures)
            DropPicture();
        if (items.Count < capacity || item is RunItem.Begin or RunItem.End || (item is RunItem.Report && DropPicture()))
            return true;
        if (item is RunItem.Picture)
            DroppedPictures++;
        else
            DroppedReports++;
        return false;
    }

    private bool DropPicture()
    {
        for (var node = items.First; node is not null; node = node.Next)
            if (node.Value is RunItem.Picture)
            {
                items.Remove(node);
                DroppedPictures++;
                return true;
            }
        return false;
    }
}
