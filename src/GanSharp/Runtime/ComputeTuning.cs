using static TorchSharp.torch;

namespace GanSharp.Runtime;

/// <summary>
/// Settings of the whole process that make the same computation faster or smaller. Call <see cref="Apply"/> as the first line of a program that trains:
/// threads can be changed at any time, the other settings affect only what comes after them. Unless it is called, GanSharp changes nothing in its host's process.
/// </summary>
/// <remarks>The gain of each on GAN training, measured, and what was tried without gain: docs/performance.md.</remarks>
public sealed record ComputeTuning
{
    private static int isWarned;

    /// <summary>
    /// Threads that one operator may use, at least 1. Default null: the processors that this process may use, as the affinity mask and the
    /// container's quota allow (libtorch ignores the quota), divided by <see cref="TrainersOnThisMachine"/>, and at most 16:
    /// at a GAN's batch sizes an operator has too little work for more. That cap is a judgment; raise it if a measurement shows a gain.
    /// </summary>
    public int? Threads { get; init; }

    /// <summary>
    /// Trainers that run on this machine at the same time, this one included; at least 1, the default. Their threads wait for each other by
    /// spinning, so two trainers that each take every processor are several times slower than two that take half each.
    /// </summary>
    public int TrainersOnThisMachine { get; init; } = 1;

    /// <summary>
    /// Threads that wait for work sleep at once instead of spinning. Default false, because it is slower when the program has the processors to itself. Use it
    /// where they are shared with programs that you don't control. OpenMP reads the setting when libtorch loads, so after the first use of TorchSharp only the
    /// environment variable OMP_WAIT_POLICY=passive, set before the program starts, has the effect. Linux only.
    /// </summary>
    public bool PassiveWaiting { get; init; }

    /// <summary>
    /// The C library keeps freed memory for the next batch instead of returning it to the system, which would have to clear each page again.
    /// Default true. Resident memory then stays at its peak until a trainer is disposed. Works only where the C library is glibc; elsewhere it changes nothing.
    /// </summary>
    public bool KeepFreedMemory { get; init; } = true;

    /// <summary>
    /// Number of training steps between collections of the youngest garbage generation, at least 1; 0 to leave that to .NET. Default 16. TorchSharp passes
    /// a plain number to an operator in a native object that only a finalizer frees, and .NET sees little reason to collect: with collections the process stays
    /// smaller. A collection briefly stops every thread of the process.
    /// </summary>
    public int CollectEverySteps { get; init; } = 16;

    /// <summary>
    /// Lets the MKL inside libtorch use the kernels that it uses on Intel processors with the same instruction sets. Default false.
    /// On processors from other vendors MKL uses slower kernels for float32 matrix products. There is no setting for this, so GanSharp writes 1 into the
    /// variable in which MKL stores whether the processor is from Intel, before MKL checks; no code is changed. It does so only on Linux x64,
    /// where the library's code is the version that this was written for, and MKL hasn't chosen yet; otherwise it is refused and <see cref="Apply"/>
    /// says why. Results differ from the slow path's in rounding. Products are verified afterwards. Intel's terms for MKL apply.
    /// </summary>
    public bool MklFastPath { get; init; }

    /// <summary>
    /// Whether NVIDIA GPUs may compute float32 matrix products and convolutions in TensorFloat-32, which rounds factors to 10 bits and is several times as fast on Ampere and later.
    /// Default null: as torch has it, convolutions yes and products no. Untested on hardware; on a CPU it changes nothing.
    /// </summary>
    public bool? TensorFloat32 { get; init; }

    /// <summary>Applies the settings to the whole process and reports the result of each.</summary>
    /// <returns>The settings in effect, including refusals; its text is one line for a log.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="Threads"/> or <see cref="TrainersOnThisMachine"/> is below 1, or <see cref="CollectEverySteps"/> below 0.</exception>
    /// <exception cref="TorchRuntimeException">TorchSharp's native library can't be used.</exception>
    /// <exception cref="InvalidOperationException">MKL's fast path gave a wrong result; don't continue in this process.</exception>
    public ComputeState Apply()
    {
        if (Threads is { } given)
            ArgumentOutOfRangeException.ThrowIfLessThan(given, 1, nameof(Threads));
        ArgumentOutOfRangeException.ThrowIfLessThan(TrainersOnThisMachine, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(CollectEverySteps);
        // The order matters: OpenMP reads its settings when libtorch loads, and MKL chooses its kernels at the first product.
        if (PassiveWaiting)
            OpenMp.WaitPassively();
        TorchRuntime.EnsureLoaded();
        if (KeepFreedMemory)
            GlibcAllocator.KeepFreedMemory();
        NativeNumbers.StepsBetweenCollections = CollectEverySteps;
        if (MklFastPath)
            MklDispatch.UseFastPath();
        if (TensorFloat32 is { } allowed)
            GpuRounding.AllowTensorFloat32(allowed);
        set_num_threads(Threads ?? DefaultThreads(get_num_threads(), Environment.ProcessorCount, TrainersOnThisMachine));
        return ComputeState.InForce;
    }

    /// <summary>A warning for a program whose operators use more threads than it has processors; null where they don't, or it was already warned.</summary>
    /// <param name="torchThreads">Threads of an operator.</param>
    /// <param name="processors">What .NET counts: the affinity mask and the container's quota, which libtorch ignores.</param>
    internal static string? WarnOnce(int torchThreads, int processors)
    {
        if (torchThreads <= processors || Interlocked.Exchange(ref isWarned, 1) == 1)
            return null;
        return FormattableString.Invariant($"An operator uses {torchThreads} threads, but this process may use {processors} processors, so they wait for each other. ")
            + "Call 'new ComputeTuning().Apply()' as the program's first line, or set OMP_NUM_THREADS";
    }

    /// <param name="torchThreads">What libtorch would use: the physical cores in the affinity mask, or OMP_NUM_THREADS.</param>
    /// <param name="processors">What .NET counts: the affinity mask and the container's quota.</param>
    /// <param name="trainers">Processes that share them.</param>
    internal static int DefaultThreads(int torchThreads, int processors, int trainers)
    {
        const int MostThreadsOfUse = 16;
        return Math.Max(1, Math.Min(MostThreadsOfUse, Math.Min(torchThreads, processors / trainers)));
    }
}
