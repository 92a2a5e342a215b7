using System.Runtime.CompilerServices;
using FluentAssertions;
using GanSharp.Optimization;
using GanSharp.Players;
using GanSharp.Runtime;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Runtime;

/// <summary>Without the larger stack for signal handlers the process ends here on processors with AMX: on some in every run, on others by chance.</summary>
public sealed class SignalStackTests
{
    [Fact]
    public void A_null_reference_and_collections_are_survived_after_bfloat16_steps()
    {
        Assert.SkipUnless(File.Exists("/proc/cpuinfo") && File.ReadAllText("/proc/cpuinfo").Contains("amx_tile", StringComparison.Ordinal), "The processor has no AMX.");
        var (before, after, caught) = (0L, 0L, false);
        var thread = new Thread(() =>
        {
            before = SignalStack.CurrentSize();
            using var scope = NewDisposeScope();
            using var network = Linear(64, 64);
            using var player = new Player(network, new AdamOptions(), Precision.BFloat16);
            using (player.Enter())
                for (var step = 0; step < 20; step++)
                    player.Descend(network.call(randn(64, 64)).square().mean());
            after = SignalStack.CurrentSize();
            // .NET suspends this thread for each.
            var collecting = new Thread(() => Enumerable.Range(0, 50).ToList().ForEach(_ => GC.Collect(0)));
            collecting.Start();
            while (collecting.IsAlive)
                _ = Length("spin");
            try
            {
                _ = Length(null);
            }
            catch (NullReferenceException)
            {
                caught = true;
            }
        });
        thread.Start();
        thread.Join();

        caught.Should().BeTrue();
        before.Should().BePositive("NET gives each of its threads one");
        after.Should().BeGreaterThanOrEqualTo(256 << 10);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Length(string? text) => text!.Length;
}
