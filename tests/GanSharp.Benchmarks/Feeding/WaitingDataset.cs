using System.Diagnostics;
using GanSharp.Data;

namespace GanSharp.Benchmarks.Feeding;

/// <summary>Another data set, with a watch that runs while somebody waits for a batch.</summary>
internal sealed class WaitingDataset(Dataset data) : Dataset(data.Name, data.SampleShape)
{
    public Stopwatch Waiting { get; } = new();

    public override long? Count => data.Count;

    public override Dataset? HeldOut => data.HeldOut;

    public override Batch Draw(long seed, long position, int count)
    {
        Waiting.Start();
        try
        {
            return data.Draw(seed, position, count);
        }
        finally
        {
            Waiting.Stop();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            data.Dispose();
    }
}
