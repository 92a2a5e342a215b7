using FluentAssertions;
using GanSharp.FaultWorker;
using GanSharp.IO;
using GanSharp.Training.Checkpointing;
using Xunit;

namespace GanSharp.Tests.Training.Checkpointing;

/// <summary>Whatever happened to the newest checkpoint: it is named, and the newest good one is used.</summary>
public sealed class DamageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Damages => [.. Damage.Keys];

    private static Dictionary<string, Action<string>> Damage { get; } = new()
    {
        ["tensors truncated"] = path => Truncate(path, "state.safetensors", 0.5),
        ["tensors one byte short"] = path => Truncate(path, "state.safetensors", 0.99999),
        ["tensors empty"] = path => Truncate(path, "state.safetensors", 0),
        ["tensors missing"] = path => File.Delete(Path.Combine(path, "state.safetensors")),
        ["a bit flipped in the header"] = path => Flip(path, "state.safetensors", 20),
        ["a bit flipped in a weight"] = path => Flip(path, "state.safetensors", -5),
        ["manifest truncated"] = path => Truncate(path, "state.json", 0.5),
        ["manifest missing"] = path => File.Delete(Path.Combine(path, "state.json")),
        ["a bit flipped in the manifest"] = path => Flip(path, "state.json", 40),
        ["checksums missing"] = path => File.Delete(Path.Combine(path, "SHA256SUMS")),
        ["a bit flipped in the checksums"] = path => Flip(path, "SHA256SUMS", 3),
        ["checksums truncated"] = path => Truncate(path, "SHA256SUMS", 0.5),
        ["everything missing"] = path => Directory.EnumerateFiles(path).ToList().ForEach(File.Delete),
        ["a folder in place of the tensors"] = path =>
        {
            File.Delete(Path.Combine(path, "state.safetensors"));
            Directory.CreateDirectory(Path.Combine(path, "state.safetensors"));
        },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_checkpoint_is_named_and_the_one_before_it_used(string damage)
    {
        Train(10, 20);
        Damage[damage](CheckpointPath(20));
        using var run = new EverythingRun(weightSeed: 9);

        var report = run.Trainer.Resume(Run);

        report.Step.Should().Be(10);
        report.Skipped.Should().ContainSingle().Which.Should().StartWith($"'{CheckpointPath(20)}': ");
        run.Trainer.TrainTo(20).WithCheckpoints(Run, new() { EverySteps = 10 }).Every(10).Should().ContainSingle();
        CheckpointFolder.Fault(CheckpointPath(20)).Should().BeNull("the run made it again");
        Directory.Exists($"{CheckpointPath(20)}.damaged").Should().BeTrue("the damaged one is kept to be looked at");
    }

    [Fact]
    public void What_is_in_the_way_of_setting_a_damaged_one_aside_is_named()
    {
        Train(10, 20);
        Damage["tensors empty"](CheckpointPath(20));
        File.WriteAllText($"{CheckpointPath(20)}.damaged", "a file");
        using var run = new EverythingRun(weightSeed: 9);
        run.Trainer.Resume(Run);
        var train = () => run.Trainer.TrainTo(20).WithCheckpoints(Run).Count();

        train.Should().Throw<CheckpointException>().WithMessage($"The folder '{Run}' for checkpoints can't be put in order: *.damaged* Nothing was trained. *");
        File.Delete($"{CheckpointPath(20)}.damaged");
        train.Should().NotThrow("the lock was let go");
    }

    [Fact]
    public void An_old_one_that_cannot_be_removed_is_a_warning_and_ends_no_run()
    {
        Directory.CreateDirectory(Run);
        File.WriteAllText($"{CheckpointPath(2)}.discarded", "a file");
        using var run = new EverythingRun();

        var warnings = run.Trainer.TrainTo(10).WithCheckpoints(Run, new() { EverySteps = 2, KeepLast = 1 }).SelectMany(report => report.Warnings).ToArray();

        warnings.Where(warning => warning.Contains("can't be removed", StringComparison.Ordinal)).Should().ContainSingle().Which.Should().StartWith($"An old checkpoint in '{Run}' can't be removed: ");
        new[] { 2, 4, 6, 8, 10 }.Where(step => Directory.Exists(CheckpointPath(step))).Should().Equal(2, 10);
    }

    [Fact]
    public void Where_all_are_damaged_nothing_is_started_anew()
    {
        Train(10, 20);
        Flip(CheckpointPath(10), "state.json", 30);
        Truncate(CheckpointPath(20), "state.safetensors", 0.5);
        using var run = new EverythingRun();

        run.Trainer.Invoking(it => it.ResumeIfAny(Run)).Should().Throw<CheckpointException>().WithMessage(
            $"""
            Every checkpoint in '{Run}' is damaged:
            - '{CheckpointPath(20)}': state.safetensors doesn't match its checksum
            - '{CheckpointPath(10)}': state.json doesn't match its checksum
            Restore one from a backup, or train anew into another folder.
            """);
    }

    [Fact]
    public void What_a_killed_process_left_half_done_is_no_checkpoint_and_goes()
    {
        Train(10);
        foreach (var leftover in new[] { "step-000000020.unfinished", "step-000000005.discarded" })
            File.WriteAllText(folder.File("run", leftover, "state.safetensors"), "half");
        using var run = new EverythingRun();

        run.Trainer.Resume(Run).Step.Should().Be(10);
        run.Trainer.TrainTo(11).WithCheckpoints(Run).Should().ContainSingle();

        Directory.GetDirectories(Run).Select(Path.GetFileName).Should().BeEquivalentTo("step-000000010", "step-000000011");
    }

    [Fact]
    public void A_later_format_is_refused_with_its_version()
    {
        Train(10);
        Rewrite(10, text => text.Replace("\"formatVersion\": 1", "\"formatVersion\": 2", StringComparison.Ordinal));
        using var run = new EverythingRun();

        run.Trainer.Invoking(it => it.Resume(Run)).Should().Throw<CheckpointException>()
            .WithMessage($"The checkpoint '{CheckpointPath(10)}' has format version 2 but this GanSharp reads 1. Resume with the GanSharp that wrote it.");
    }

    [Theory]
    [InlineData("\"step\": 10", "\"step\": -10")]
    [InlineData("\"step\": 10", "\"step\": \"ten\"")]
    [InlineData("\"step\": 10", "\"step\": 10, \"step\": 11")]
    [InlineData("\"step\": 10", "\"step\": 10, \"unknown\": 11")]
    [InlineData("\"scalars\": {", "\"scalars\": null, \"more\": {")]
    [InlineData("\"penalty.2\"", "\"penalty.3\"")]
    [InlineData("\"formatVersion\"", "\"\\ud800formatVersion\"")]
    public void A_manifest_that_was_forged_with_right_checksums_ends_in_a_clear_message(string from, string to)
    {
        Train(10);
        Rewrite(10, text => text.Replace(from, to, StringComparison.Ordinal));
        using var run = new EverythingRun();
        var before = run.Hash();

        run.Trainer.Invoking(it => it.Resume(Run)).Should().Throw<CheckpointException>();
        run.Hash().Should().Be(before);
    }

    [Fact]
    public void A_folder_of_another_run_or_of_a_later_step_is_not_written_to()
    {
        Train(10);
        using var run = new EverythingRun();

        run.Trainer.Invoking(it => it.TrainTo(30).WithCheckpoints(Run).First()).Should().Throw<CheckpointException>()
            .WithMessage($"'{Run}' holds a checkpoint of step 10 but the trainer stands at step 0. Call Resume(\"{Run}\") before training, or choose another folder.");
        run.Trainer.TrainTo(11).Should().HaveCount(11);
        run.Trainer.Invoking(it => it.TrainTo(30).WithCheckpoints(Run).First()).Should().Throw<CheckpointException>().WithMessage($"'{Run}' holds checkpoints of another run.*");
        run.Trainer.Step.Should().Be(11, "nothing was trained");
    }

    public void Dispose() => folder.Dispose();

    private string Run => Path.Combine(folder.FullName, "run");

    private string CheckpointPath(long step) => new CheckpointFolder(Run).PathOf(step);

    private void Train(params int[] stops)
    {
        using var run = new EverythingRun();
        foreach (var stop in stops)
            _ = run.Trainer.TrainTo(stop).WithCheckpoints(Run, new() { EverySteps = 10 }).Every(10).Count();
    }

    private void Rewrite(long step, Func<string, string> change)
    {
        var manifest = Path.Combine(CheckpointPath(step), "state.json");
        var changed = change(File.ReadAllText(manifest));
        changed.Should().NotBe(File.ReadAllText(manifest));
        File.WriteAllText(manifest, changed);
        var sums = Path.Combine(CheckpointPath(step), "SHA256SUMS");
        File.WriteAllLines(sums, [File.ReadAllLines(sums)[0], $"{DurableFile.Hash(manifest)}  state.json"]);
    }

    private static void Truncate(string checkpoint, string name, double share)
    {
        using var file = File.OpenWrite(Path.Combine(checkpoint, name));
        file.SetLength((long)(file.Length * share));
    }

    private static void Flip(string checkpoint, string name, int offset)
    {
        var path = Path.Combine(checkpoint, name);
        var bytes = File.ReadAllBytes(path);
        bytes[offset < 0 ? bytes.Length + offset : offset] ^= 4;
        File.WriteAllBytes(path, bytes);
    }
}
