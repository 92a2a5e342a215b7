using FluentAssertions;
using GanSharp.Reporting.Runs;
using GanSharp.Reporting.Runs.Writing;
using GanSharp.Tests.Training;
using Xunit;

namespace GanSharp.Tests.Reporting.Runs;

/// <summary>Pictures take no more of a run's time than they may.</summary>
public sealed class TimeShareTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void What_is_spent_must_be_earned_again()
    {
        var share = new TimeShare(1e-9);
        share.Allows.Should().BeTrue("a little is given in advance");

        share.Spend(() =>
        {
            Thread.Sleep(150);
            return 0;
        });

        share.Spent.Should().BeGreaterThan(TimeSpan.FromMilliseconds(140));
        share.Allows.Should().BeFalse();
        new TimeShare(1).Allows.Should().BeTrue();
        share.Restart();
        share.Allows.Should().BeTrue();
    }

    [Fact]
    public void Reports_that_come_fast_have_few_pictures_but_the_first_and_the_last_have_one()
    {
        using var run = new SmallRun();
        using (var written = RunFolder.Create(folder.FullName, run.Trainer, new() { Samples = 512, DrawingShare = 1e-9, DrawsPage = false }))
            run.Trainer.Train(60).Every(1).WithRunFolder(written).Count().Should().Be(60);

        var steps = RunFolder.Open(folder.FullName).Samples.Select(sample => sample.Step).ToArray();
        steps.Should().StartWith(1).And.EndWith(60);
        steps.Length.Should().BeLessThan(60);
    }

    public void Dispose() => folder.Dispose();
}
