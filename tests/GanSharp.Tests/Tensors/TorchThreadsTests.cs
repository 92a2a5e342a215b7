using System.Collections.Concurrent;
using FluentAssertions;
using GanSharp.Runtime;
using Xunit;

namespace GanSharp.Tests.Tensors;

public sealed class TorchThreadsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Each_piece_is_done_once_whatever_the_number_of_threads(int threads)
    {
        var done = new ConcurrentBag<int>();

        TorchThreads.Run(1_000, threads, done.Add);

        done.Order().Should().Equal(Enumerable.Range(0, 1_000));
    }

    [Fact]
    public void Pieces_are_done_at_the_same_time()
    {
        // Each waits for the other; alone, a thread would wait in vain.
        using var meeting = new Barrier(2);
        var met = 0;

        TorchThreads.Run(2, 2, _ =>
        {
            if (meeting.SignalAndWait(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken))
                Interlocked.Increment(ref met);
        });

        met.Should().Be(2);
    }

    [Fact]
    public void An_exception_reaches_the_caller_and_the_threads_can_be_used_again()
    {
        var running = () => TorchThreads.Run(100, 2, piece =>
        {
            if (piece == 50)
                throw new InvalidOperationException("on purpose");
        });

        running.Should().Throw<InvalidOperationException>().WithMessage("on purpose");
        var done = 0;
        TorchThreads.Run(10, 2, _ => Interlocked.Increment(ref done));
        done.Should().Be(10);
    }

    [Fact]
    public void Callers_on_several_threads_do_not_disturb_each_other()
    {
        var sums = new long[8];

        Parallel.For(0, sums.Length, caller => TorchThreads.Run(1_000, 2, piece => Interlocked.Add(ref sums[caller], piece)));

        sums.Should().AllBeEquivalentTo(499_500L);
    }
}
