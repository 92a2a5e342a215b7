using static TorchSharp.torch;

namespace GanSharp.Runtime;

/// <summary>How this process computes: what <see cref="ComputeTuning.Apply"/> has put into effect, and what it refused.</summary>
public sealed record ComputeState
{
    private ComputeState()
    {
    }

    /// <summary>The state now, whether or not anything was ever applied.</summary>
    /// <exception cref="TorchRuntimeException">TorchSharp's native library can't be used.</exception>
    public static ComputeState InForce
    {
        get
        {
            TorchRuntime.EnsureLoaded();
            return new ComputeState
            {
                Threads = get_num_threads(),
                Waiting = OpenMp.State,
                Allocator = GlibcAllocator.State,
                Mkl = MklDispatch.State,
                CollectEverySteps = NativeNumbers.StepsBetweenCollections,
                TensorFloat32 = GpuRounding.State,
            };
        }
    }

    /// <summary>Threads that one operator may use.</summary>
    public required int Threads { get; init; }

    /// <summary>How threads wait for each other.</summary>
    public required string Waiting { get; init; }

    /// <summary>What the C library does with freed memory.</summary>
    public required string Allocator { get; init; }

    /// <summary>Which kernels MKL uses.</summary>
    public required string Mkl { get; init; }

    /// <summary>Number of training steps between garbage collections; 0 where that is left to .NET.</summary>
    public required int CollectEverySteps { get; init; }

    /// <summary>Whether NVIDIA GPUs may round to TensorFloat-32: "allowed", "not allowed", "for convolutions" (torch's default) or "for matrix products". It isn't in the log's line, since it means nothing on a CPU.</summary>
    public required string TensorFloat32 { get; init; }

    /// <summary>One line for a log.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"compute: {Threads} of {Environment.ProcessorCount} threads, waiting {Waiting}; freed memory {Allocator}; garbage collected {Collections}; MKL {Mkl}");

    private string Collections => CollectEverySteps == 0 ? "as by default" : FormattableString.Invariant($"every {CollectEverySteps} steps");
}
