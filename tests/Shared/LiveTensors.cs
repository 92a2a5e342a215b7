using static TorchSharp.torch;

namespace GanSharp.Tests;

/// <summary>Counts native tensors.</summary>
internal static class LiveTensors
{
    /// <summary>How many live once those are gone that other tests left to the garbage collector: what a test may count from.</summary>
    public static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }

    /// <summary>How many more live after five times than before, the first time apart.</summary>
    public static long Grown(Action action)
    {
        action();
        var before = Settled();
        for (var trial = 0; trial < 5; trial++)
            action();
        return Settled() - before;
    }
}
