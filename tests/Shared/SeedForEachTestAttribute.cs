using System.Globalization;
using System.Reflection;
using TorchSharp;
using Xunit.v3;

namespace GanSharp.Tests;

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
