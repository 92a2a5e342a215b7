using System.Text.RegularExpressions;
using FluentAssertions;
using GanSharp.FaultWorker;
using GanSharp.Training.Checkpointing;
using Xunit;

namespace GanSharp.Tests.Training.Checkpointing;

/// <summary>A clock that is put forward or back.</summary>
public sealed partial class ClockTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Run => folder.File("run");

    [Fact]
    public void Checkpoints_are_ordered_by_their_steps_whatever_their_times_say()
    {
        var options = new CheckpointOptions { EverySteps = 2, KeepLast = 3 };
        string Train(string name, long steps)
        {
            using var run = new EverythingRun(weightSeed: 0);
            run.Trainer.ResumeIfAny(folder.File(name));
            _ = run.Trainer.TrainTo(steps).WithCheckpoints(folder.File(name), options).Count();
            return run.Hash();
        }
        var whole = Train("whole", 10);
        Train("run", 6);
        foreach (var (step, year) in new[] { (6, 1971), (4, 2199), (2, 2030) })
            foreach (var path in Directory.EnumerateFileSystemEntries(new CheckpointFolder(Run).PathOf(step)).Append(new CheckpointFolder(Run).PathOf(step)))
                Directory.SetLastWriteTimeUtc(path, new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        using (var run = new EverythingRun())
            run.Trainer.Resume(Run).Step.Should().Be(6);
        Train("run", 10).Should().Be(whole);

        new CheckpointFolder(Run).List().Select(checkpoint => checkpoint.Step).Should().Equal(10, 8, 6);
    }

    [Fact]
    public void No_source_of_the_library_asks_for_the_time_of_day()
    {
        var source = Path.Combine(Repository.Root, "src", "GanSharp");
        var asking = from file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
                     where !Path.GetRelativePath(source, file).StartsWith("obj", StringComparison.Ordinal)
                     from Match use in TimeOfDay().Matches(File.ReadAllText(file))
                     select $"{Path.GetRelativePath(source, file)}: {use.Value}";

        asking.Should().BeEmpty("what decides by the clock goes wrong when the clock is set; Stopwatch and the timestamps of a TimeProvider run evenly");
    }

    public void Dispose() => folder.Dispose();

    [GeneratedRegex(@"\b(DateTime|DateTimeOffset|DateOnly|GetUtcNow|GetLocalNow|TickCount|TickCount64|Get\w*(Write|Access|Creation)Time\w*|(LastWrite|LastAccess|Creation)Time(Utc)?)\b")]
    private static partial Regex TimeOfDay();
}
