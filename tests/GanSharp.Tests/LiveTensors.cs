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
}
