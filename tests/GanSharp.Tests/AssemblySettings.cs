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

namespace GanSharp.Tests;

/// <summary>Tests whose work is done by other processes. None of them may use torch in its own.</summary>
[CollectionDefinition]
public sealed class ChildProcessGroup;

/// <summary>One thread for each operator of this process: the tests' networks are too small for more, and other processes of the tests need the rest. Those use as many as a user's would, but for the ranks of MPI, which use one.</summary>
public sealed class SharedProcessors
{
    public SharedProcessors() => new ComputeTuning { Threads = 1, KeepFreedMemory = false, CollectEverySteps = 0 }.Apply();
}
