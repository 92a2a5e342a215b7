using GanSharp.Runtime;
using GanSharp.Tests;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

// torch.manual_seed and the count of live tensors are the process's, so all tests that compute in it are one collection and run one after another. Beside them run the groups whose work is done by
// other processes: PackageTestGroup and ChildProcessGroup.
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly)]
[assembly: Parallelization(Mode = ParallelMode.Collections)]
[assembly: AssemblyFixture(typeof(SharedProcessors))]
[assembly: SeedForEachTest]

namespace GanSharp.Tests;

/// <summary>One thread for each operator of this process: the tests' networks are too small for more, and other processes of the tests need the rest. Those use one too, but for runs that are killed or signaled, which use as many as a user's would.</summary>
public sealed class SharedProcessors
{
    public SharedProcessors() => new ComputeTuning { Threads = 1, KeepFreedMemory = false, CollectEverySteps = 0 }.Apply();
}
