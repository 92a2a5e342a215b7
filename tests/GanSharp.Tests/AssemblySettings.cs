using System.Globalization;
using System.Reflection;
using GanSharp.Runtime;
using GanSharp.Tests;
using TorchSharp;
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

/// <summary>Tests whose work is done by other processes. None of them may use torch in its own.</summary>
[CollectionDefinition]
public sealed class ChildProcessGroup;

/// <summary>One thread for each operator of this process: the tests' networks are too small for more, and other processes of the tests need the rest. Those use one too, but for runs that are killed or signaled, which use as many as a user's would.</summary>
public sealed class SharedProcessors
{
    public SharedProcessors() => new ComputeTuning { Threads = 1, KeepFreedMemory = false, CollectEverySteps = 0 }.Apply();
}

/// <summary>
/// Seeds torch's generator before each test that computes in this process, so that what a test draws doesn't depend on the tests before it: one whose seed nobody chose failed now and then.
/// <c>GANSHARP_TEST_SEED</c> gives all of them other random numbers, which finds tests that pass by luck.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class SeedForEachTestAttribute : BeforeAfterTestAttribute
{
    private static readonly long Seed = long.Parse(Environment.GetEnvironmentVariable("GANSHARP_TEST_SEED") ?? "0", CultureInfo.InvariantCulture);

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (ComputesHere(methodUnderTest))
            torch.manual_seed(Seed);
    }

    /// <summary>The next test's class is constructed before its <see cref="Before"/>, and mustn't draw what its method then draws again.</summary>
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (ComputesHere(methodUnderTest))
            torch.manual_seed(Seed + 1);
    }

    private static bool ComputesHere(MethodInfo method) => method.ReflectedType!.GetCustomAttributes().All(attribute => attribute is not ICollectionAttribute);
}
