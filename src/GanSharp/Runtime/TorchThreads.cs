using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace GanSharp.Runtime;

/// <summary>
/// Runs managed work on libtorch's compute threads. After each operator they spin while waiting for the next one, so threads of another pool would have
/// to take the processors from them and would usually start late; these start at once.
/// </summary>
internal static unsafe class TorchThreads
{
    private static readonly Lazy<nint> ParallelRegion = new(Find);

    /// <summary>Does <paramref name="work"/> for the numbers below <paramref name="pieces"/>, each once, on at most <paramref name="threads"/> threads, and waits.</summary>
    public static void Run(int pieces, int threads, Action<int> work)
    {
        var region = (delegate* unmanaged<delegate* unmanaged<nint, void>, nint, uint, uint, void>)ParallelRegion.Value;
        if (region is null || threads == 1)
        {
            Parallel.For(0, pieces, new ParallelOptions { MaxDegreeOfParallelism = threads }, work);
            return;
        }
        var job = new Job(work, pieces);
        var handle = GCHandle.Alloc(job);
        try
        {
            region(&Work, GCHandle.ToIntPtr(handle), (uint)threads, 0);
        }
        finally
        {
            handle.Free();
        }
        job.Failure?.Throw();
    }

    [UnmanagedCallersOnly]
    private static void Work(nint job) => ((Job)GCHandle.FromIntPtr(job).Target!).Do();

    /// <summary>Address of GNU OpenMP's <c>GOMP_parallel(function, its argument, threads, flags)</c> in the library that libtorch has loaded; 0 where it uses another one.</summary>
    private static nint Find()
    {
        // Asking for the number of threads makes sure that libtorch, and its OpenMP, are loaded.
        _ = get_num_threads();
        var regions = MemoryMap.Read();
        var folder = Path.GetDirectoryName(regions.FirstOrDefault(region => region.FileName.StartsWith("libtorch_cpu", StringComparison.Ordinal))?.Path);
        // Another library may have loaded a different OpenMP.
        var path = regions.Where(region => region.FileName.StartsWith("libgomp", StringComparison.Ordinal))
            .OrderByDescending(region => Path.GetDirectoryName(region.Path) == folder).FirstOrDefault()?.Path;
        return path is not null && NativeLibrary.TryLoad(path, out var library) && NativeLibrary.TryGetExport(library, "GOMP_parallel", out var entry) ? entry : 0;
    }

    private sealed class Job(Action<int> work, int pieces)
    {
        private int taken;

        public ExceptionDispatchInfo? Failure { get; private set; }

        public void Do()
        {
            try
            {
                for (var piece = Interlocked.Increment(ref taken) - 1; piece < pieces; piece = Interlocked.Increment(ref taken) - 1)
                    work(piece);
            }
            catch (Exception exception)
            {
                // An exception that crosses native frames would end the process.
                Failure = ExceptionDispatchInfo.Capture(exception);
            }
        }
    }
}
