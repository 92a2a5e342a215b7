using System.Text;
using FluentAssertions;
using GanSharp.Reporting.Runs;
using GanSharp.Tests.Training;
using Xunit;

namespace GanSharp.Tests.Reporting.Runs;

/// <summary>Slow and full disks, folders that are gone, torn and foreign files: a run goes on, and what is missing is said.</summary>
public sealed class RunFolderFailureTests : IDisposable
{
    private static readonly RunFolderOptions Always = new() { DrawingShare = 1, Samples = 8, DrawsPage = false };
    private readonly TemporaryFolder folder = new();

    private string Path => System.IO.Path.Combine(folder.FullName, "run");

    [Fact]
    public void A_slow_disk_holds_up_no_run_and_what_is_dropped_is_counted()
    {
        using var run = new SmallRun();
        using var isFree = new ManualResetEventSlim();
        using var written = RunFolder.Create(Path, run.Trainer, Always with
        {
            QueueCapacity = 4,
            FlushTimeout = TimeSpan.FromMilliseconds(300),
            Append = path =>
            {
                isFree.Wait();
                return new FileStream(path, FileMode.Append);
            },
        });

        // The disk answers only after the end of the run.
        run.Trainer.Train(20).Every(1).WithRunFolder(written).Should().HaveCount(20);

        // One report is held by the writer, four or five wait.
        written.DroppedReports.Should().BeInRange(14, 16);
        written.DroppedPictures.Should().BeGreaterThanOrEqualTo(19);
        written.Failure.Should().Match("*run' wasn't written within 0.3 s of the run's end, * are missing.");
        written.Warnings.Should().HaveCount(3).And.Contain(warning => warning.Contains("reports aren't in the folder"));
        isFree.Set();
        // What waited is written after all.
        SpinWait.SpinUntil(() => RunFolder.Open(Path).Reports.Count >= 4, TimeSpan.FromSeconds(20)).Should().BeTrue();
    }

    [Fact]
    public void A_full_disk_ends_no_run_and_takes_no_bit_of_it()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "/dev/full is Linux's");
        var logger = new ListLogger();
        using var run = new SmallRun(new() { Logger = logger });
        using var untouched = new SmallRun();
        var isFull = false;
        using (var written = RunFolder.Create(Path, run.Trainer, Always with { Append = path => new FileStream(isFull ? "/dev/full" : path, isFull ? FileMode.Open : FileMode.Append, FileAccess.Write) }))
        {
            foreach (var report in run.Trainer.Train(40).Every(10).WithRunFolder(written))
            {
                SpinWait.SpinUntil(() => RunFolder.Open(Path).Reports.Count + written.DroppedReports >= report.Step / 10, TimeSpan.FromSeconds(20)).Should().BeTrue();
                // Room for the first and the last.
                isFull = report.Step is 10 or 20;
            }
            written.Failure.Should().StartWith("A report couldn't be written: No space left on device");
            (written.DroppedReports, written.DroppedPictures).Should().Be((2, 0));
        }
        untouched.Trainer.Train(40).Every(10).Should().HaveCount(4);

        run.Weights().Should().Be(untouched.Weights());
        using var read = RunFolder.Open(Path);
        read.Reports.Select(report => report.Step).Should().Equal(10, 40);
        read.Failure.Should().StartWith("A report couldn't be written: No space left on device");
        logger.Entries.Should().ContainSingle(entry => entry.Message.Contains("No space left on device"));
    }

    [Fact]
    public void A_line_that_a_full_disk_cut_off_is_taken_back()
    {
        using var run = new SmallRun();
        using (var written = RunFolder.Create(Path, run.Trainer, Always with { Append = path => new CutOff(path) }))
            run.Trainer.Train(1).Every(1).WithRunFolder(written).Should().ContainSingle();
        using (var written = RunFolder.Create(Path, run.Trainer, Always))
            run.Trainer.Train(1).Every(1).WithRunFolder(written).Should().ContainSingle();

        using var read = RunFolder.Open(Path);
        (read.Reports.Count, read.DamagedLines).Should().Be((1, 0));
    }

    [Fact]
    public void A_folder_that_is_removed_or_replaced_by_a_file_ends_no_run()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there an open file, as the folder's lock is, keeps its folder");
        foreach (var isReplaced in new[] { false, true })
        {
            using var run = new SmallRun();
            using var written = RunFolder.Create(Path, run.Trainer, Always with { DrawsPage = true });
            Directory.Delete(Path, recursive: true);
            if (isReplaced)
                File.WriteAllText(Path, "a file");

            // It begins by making what it needs; whoever removes it while it is written is another matter.
            var reports = run.Trainer.Train(2).Every(1).WithRunFolder(written).ToList();

            reports.Should().HaveCount(2);
            if (isReplaced)
                written.Failure.Should().Contain(Path);
            if (isReplaced)
                File.ReadAllText(Path).Should().Be("a file");
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_said_before_anything_is_trained()
    {
        using var run = new SmallRun();
        File.WriteAllText(folder.File("taken"), "");

        var create = () => RunFolder.Create(System.IO.Path.Combine(folder.File("taken"), "run"), run.Trainer);
        var below = () => RunFolder.Create(folder.File("taken"), run.Trainer);

        create.Should().Throw<IOException>();
        below.Should().Throw<IOException>();
    }

    [Fact]
    public void Two_runs_do_not_write_into_one_folder_at_once()
    {
        using var run = new SmallRun();
        var create = () => RunFolder.Create(Path, run.Trainer, Always);
        using (var first = create())
        {
            create.Should().Throw<IOException>().WithMessage($"Another run writes reports to '{Path}' (process {Environment.ProcessId} on {Environment.MachineName}). Stop it, or choose another folder.");
            RunFolder.Open(Path).Title.Should().Be(first.Title, "who reads needs no lock");
            // The same folder for checkpoints, which have a lock of their own.
            run.Trainer.Train(1).WithCheckpoints(Path).WithRunFolder(first).Should().ContainSingle();
        }
        using var second = create();
        second.Reports.Should().ContainSingle();
    }

    [Fact]
    public void Samples_that_cannot_be_taken_are_said_and_the_run_goes_on()
    {
        using var run = new SmallRun();
        using var written = RunFolder.Create(Path, run.Trainer, Always);
        // A mistake of the caller's, in the midst of the run.
        var reports = new[] { PictureTests.Report(1, 0.3) }.Select(report =>
        {
            run.Trainer.Dispose();
            return report;
        }).WithRunFolder(written).ToList();

        reports.Should().ContainSingle();
        written.Failure.Should().StartWith("The samples of step 1 couldn't be taken: ");
        written.DroppedPictures.Should().Be(1);
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        using var run = new SmallRun();
        foreach (var (options, name) in new (RunFolderOptions, string)[]
        {
            (new() { Samples = -1 }, "Samples"), (new() { Columns = 0 }, "Columns"), (new() { DrawingShare = 0 }, "DrawingShare"), (new() { DrawingShare = double.NaN }, "DrawingShare"),
            (new() { QueueCapacity = 0 }, "QueueCapacity"), (new() { FlushTimeout = TimeSpan.Zero }, "FlushTimeout"), (new() { Title = " " }, "Title"),
        })
            FluentActions.Invoking(() => RunFolder.Create(Path, run.Trainer, options)).Should().Throw<ArgumentException>().WithParameterName(name);
        Directory.Exists(Path).Should().BeFalse();
    }

    [Fact]
    public void A_folder_that_was_opened_to_be_read_is_not_written_and_an_ended_one_neither()
    {
        using var run = new SmallRun();
        var written = RunFolder.Create(Path, run.Trainer, Always);
        using var read = RunFolder.Open(Path);

        FluentActions.Invoking(() => run.Trainer.Train(1).WithRunFolder(read)).Should().Throw<ArgumentException>().WithMessage("*opened to be read*");
        written.Dispose();
        written.Dispose();
        FluentActions.Invoking(() => run.Trainer.Train(1).WithRunFolder(written).Count()).Should().Throw<ObjectDisposedException>();
        run.Trainer.Step.Should().Be(0);
    }

    [Fact]
    public void A_torn_last_line_is_passed_over_until_it_is_complete_and_a_damaged_one_is_counted()
    {
        using var run = new SmallRun();
        RunFolder.Create(Path, run.Trainer, Always).Dispose();
        var line = System.Text.Json.JsonSerializer.Serialize(ReportRecordTests.Full(5), ReportJson.Default.ReportRecord);
        var log = System.IO.Path.Combine(Path, "reports.jsonl");
        File.WriteAllText(log, $"{System.Text.Json.JsonSerializer.Serialize(ReportRecordTests.Full(4), ReportJson.Default.ReportRecord)}\n{line[..30]}");
        using var read = RunFolder.Open(Path);
        read.Reports.Select(report => report.Step).Should().Equal(4);

        File.AppendAllText(log, $"{line[30..]}\n\0\0\0\n[1]\n");
        read.Reports.Should().ContainSingle("nothing is read before Refresh");
        read.Refresh();

        read.Reports.Select(report => report.Step).Should().Equal(4, 5);
        read.DamagedLines.Should().Be(2);
        // Another run in the same place.
        File.WriteAllText(log, $"{System.Text.Json.JsonSerializer.Serialize(ReportRecordTests.Full(1), ReportJson.Default.ReportRecord)}\n");
        read.Refresh();
        (read.Reports.Single().Step, read.DamagedLines).Should().Be((1, 0));
    }

    [Fact]
    public void What_is_no_run_folder_is_refused_with_its_path_and_the_reason()
    {
        Directory.CreateDirectory(folder.File("empty"));
        string Of(string name, string info)
        {
            File.WriteAllText(folder.File(name, "run.json"), info);
            return folder.File(name);
        }
        foreach (var (path, reason) in new[]
        {
            (folder.File("empty"), "*empty' is no run's folder: it has no run.json*"),
            (Of("text", "hello"), "*run.json' can't be read: *"),
            (Of("null", "null"), "*run.json' can't be read: it holds null*"),
            (Of("half", """{"format":1}"""), "*run.json' can't be read: *"),
            (Of("surrogate", """{"format":1,"title":"\ud800"}"""), "*run.json' can't be read: *"),
            (Of("later", """{"format":2,"title":"t","kind":"gan","created":"2026-01-01T00:00:00Z","version":"9.0.0"}"""), "*must be of format 1 to 1 but is of format 2: read it with the version of GanSharp that wrote it, 9.0.0."),
            (Of("large", new string(' ', (1 << 20) + 1)), "*must have at most 1,048,576 bytes but has 1,048,577."),
        })
            FluentActions.Invoking(() => RunFolder.Open(path)).Should().Throw<InvalidDataException>().WithMessage(reason);
        FluentActions.Invoking(() => RunFolder.Open(folder.File("nowhere"))).Should().Throw<DirectoryNotFoundException>().WithMessage("*nowhere' must be a run's folder but isn't there.");
    }

    public void Dispose() => folder.Dispose();

    /// <summary>A disk that takes half a line.</summary>
    private sealed class CutOff(string path) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);

        public override void Write(byte[] buffer, int offset, int count)
        {
            File.AppendAllText(path, Encoding.UTF8.GetString(buffer, offset, count / 2));
            throw new IOException("No space left on device");
        }
    }
}
