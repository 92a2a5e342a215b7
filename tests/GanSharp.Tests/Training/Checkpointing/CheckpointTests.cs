using FluentAssertions;
using GanSharp.FaultWorker;
using GanSharp.Training.Checkpointing;
using Xunit;

namespace GanSharp.Tests.Training.Checkpointing;

public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Run => Path.Combine(folder.FullName, "run");

    private IEnumerable<long> Steps => new CheckpointFolder(Run).List().Select(checkpoint => checkpoint.Step);

    [Fact]
    public void The_newest_are_kept_and_the_multiples_for_ever()
    {
        using var run = new EverythingRun();

        run.Trainer.TrainTo(17).WithCheckpoints(Run, new() { EverySteps = 2, KeepLast = 3, KeepEverySteps = 6 }).Every(17).Should().ContainSingle();

        Steps.Should().Equal(17, 16, 14, 12, 6);
        Steps.Should().OnlyContain(step => CheckpointFolder.Fault(new CheckpointFolder(Run).PathOf(step)) == null);
    }

    [Fact]
    public void A_run_that_is_left_early_is_saved_where_it_stands()
    {
        using var run = new EverythingRun();
        foreach (var report in run.Trainer.TrainTo(100).WithCheckpoints(Run))
            if (report.Step == 3)
                break;
        Steps.Should().Equal(3);

        using var cancellation = new CancellationTokenSource();
        foreach (var report in run.Trainer.TrainTo(100, cancellation.Token).WithCheckpoints(Run))
            if (report.Step == 5)
                cancellation.Cancel();
        Steps.Should().Equal(5, 3);

        var failing = () =>
        {
            foreach (var report in run.Trainer.TrainTo(100).WithCheckpoints(Run))
                if (report.Step == 8)
                    throw new InvalidOperationException("the caller's own");
        };
        failing.Should().Throw<InvalidOperationException>().WithMessage("the caller's own");
        Steps.Should().Equal(8, 5, 3);
    }

    [Fact]
    public void A_folder_that_can_not_be_written_is_found_before_training()
    {
        File.WriteAllText(folder.File("file"), "");
        var impossible = Path.Combine(folder.FullName, "file", "run");
        using var run = new EverythingRun();

        run.Trainer.Invoking(it => it.TrainTo(5).WithCheckpoints(impossible).First()).Should().Throw<CheckpointException>()
            .WithMessage($"The folder '{impossible}' for checkpoints can't be made: *Nothing was trained. Choose another folder.");
        if (OperatingSystem.IsLinux())
            run.Trainer.Invoking(it => it.TrainTo(5).WithCheckpoints("/proc").First()).Should().Throw<CheckpointException>()
                .WithMessage("The folder '/proc' for checkpoints can't be written: *");
        run.Trainer.Step.Should().Be(0);
    }

    [Theory]
    [InlineData(WriteFailurePolicy.Stop)]
    [InlineData(WriteFailurePolicy.Continue)]
    public void Where_a_checkpoint_fails_the_one_before_it_stays_and_the_option_says_what_follows(WriteFailurePolicy policy)
    {
        using var run = new EverythingRun();
        var warnings = new List<string>();
        var options = new CheckpointOptions { EverySteps = 2, OnWriteFailure = policy };
        // A file in the place of the folder that step 4 would be written to: its write fails as on a full disk.
        var obstacle = folder.File("run", "step-000000004.unfinished");
        var train = () =>
        {
            foreach (var report in run.Trainer.TrainTo(10).WithCheckpoints(Run, options))
            {
                warnings.AddRange(report.Warnings);
                if (report.Step == 2)
                    File.WriteAllText(obstacle, "");
            }
        };

        if (policy == WriteFailurePolicy.Stop)
        {
            train.Should().Throw<CheckpointException>().WithMessage($"The checkpoint of step 4 can't be written to '{Run}': *That of step 2 is kept. Make room or repair the disk, then resume.");
            run.Trainer.Step.Should().BeLessThan(10);
        }
        else
        {
            train();
            warnings.Should().ContainSingle().Which.Should().StartWith($"The checkpoint of step 4 can't be written to '{Run}': ");
            Steps.Should().Equal(10, 8, 6);
        }
        Steps.Should().OnlyContain(step => CheckpointFolder.Fault(new CheckpointFolder(Run).PathOf(step)) == null);
    }

    [Fact]
    public void A_write_that_fails_at_any_byte_leaves_the_checkpoints_before_and_nothing_else()
    {
        const int TensorBytes = 40, ManifestBytes = 20;
        var checkpoints = new CheckpointFolder(Directory.CreateDirectory(Run).FullName);
        void Fill(Stream stream, int bytes, int room)
        {
            for (var written = 0; written < bytes; written++)
                stream.Write(written < room ? [(byte)written] : throw new IOException("No space left on device"));
        }
        checkpoints.Write(1, stream => Fill(stream, TensorBytes, TensorBytes), stream => Fill(stream, ManifestBytes, ManifestBytes));
        for (var room = 0; room < TensorBytes + ManifestBytes; room++)
        {
            checkpoints.Invoking(it => it.Write(2, stream => Fill(stream, TensorBytes, room), stream => Fill(stream, ManifestBytes, room - TensorBytes))).Should().Throw<IOException>();
            // Over the good one of the same step as well.
            checkpoints.Invoking(it => it.Write(1, stream => Fill(stream, TensorBytes, room), stream => Fill(stream, ManifestBytes, room - TensorBytes))).Should().Throw<IOException>();

            Directory.GetDirectories(Run).Should().Equal(checkpoints.PathOf(1));
            CheckpointFolder.Fault(checkpoints.PathOf(1)).Should().BeNull();
        }
    }

    [Fact]
    public void Invalid_options_are_refused_with_every_fault()
    {
        using var run = new EverythingRun();

        run.Trainer.Invoking(it => it.TrainTo(5).WithCheckpoints(Run, new() { EverySteps = 0, KeepLast = 0, KeepEverySteps = 0, OnWriteFailure = (WriteFailurePolicy)7 }))
            .Should().Throw<ArgumentException>().WithMessage(
                """
                The checkpoint options are invalid:
                - EverySteps must be at least 1 but is 0.
                - KeepLast must be at least 1 but is 0.
                - KeepEverySteps must be at least 1, or null for none, but is 0.
                - OnWriteFailure must be a value of WriteFailurePolicy but is 7.
                """);
    }

    [Fact]
    public void A_checkpoint_is_safetensors_and_json_that_other_tools_check_and_read()
    {
        using var run = new EverythingRun();
        run.Trainer.TrainTo(2).WithCheckpoints(Run).Should().HaveCount(2);

        var checkpoint = Path.Combine(Run, "step-000000002");
        using var file = GanSharp.Safetensors.SafetensorsFile.Read(Path.Combine(checkpoint, "state.safetensors"));
        file.Tensors["generator.body.0.weight"].shape.Should().Equal(16, 4);
        file.Tensors["discriminator.body.6.bias"].data<float>().ToArray().Should().Equal(run.Trainer.Discriminator.parameters().Last().data<float>().ToArray());
        File.ReadAllLines(Path.Combine(checkpoint, "SHA256SUMS")).Should().HaveCount(2).And.AllSatisfy(line => line.Should().MatchRegex("^[0-9a-f]{64}  state\\.(safetensors|json)$"));
    }

    public void Dispose() => folder.Dispose();
}
