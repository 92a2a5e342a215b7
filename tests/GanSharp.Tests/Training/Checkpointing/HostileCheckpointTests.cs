using System.Text;
using FluentAssertions;
using GanSharp.Safetensors;
using GanSharp.Tests.Fuzzing;
using GanSharp.Training.Checkpointing;
using Xunit;

namespace GanSharp.Tests.Training.Checkpointing;

/// <summary>A checkpoint that fits its checksums and was made to do harm.</summary>
public sealed class HostileCheckpointTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("random.global")]
    [InlineData("random.latents")]
    public void A_state_of_a_random_generator_that_would_end_the_process_is_refused(string name)
    {
        using var target = CheckpointTarget.Make(folder.FullName, "state.safetensors", [], input => input);
        var path = folder.File("input");
        File.WriteAllBytes(path, target.Corpus[0]);
        using (var file = SafetensorsFile.Read(path))
        {
            // The count of numbers left, beyond those that there are.
            file.Tensors[name].bytes[9] = 0xff;
            using var stream = File.Create(path);
            SafetensorsFile.Write(stream, [.. file.Tensors.Select(entry => (entry.Key, entry.Value))]);
        }
        var resume = () => target.Read(path);

        resume.Should().Throw<CheckpointException>().WithMessage($"*'{name}' must be seeded and stand at one of its 624 numbers but has *");

        File.WriteAllBytes(path, target.Corpus[0]);
        resume.Should().NotThrow("the good one is taken after it");
    }

    [Fact]
    public void A_best_step_that_the_run_has_not_reached_is_refused()
    {
        using var target = CheckpointTarget.Make(folder.FullName, "state.json", [], input => input);
        var path = folder.File("input");
        File.WriteAllText(path, Encoding.UTF8.GetString(target.Corpus[0]).Replace("\"best\": null", "\"best\": { \"metric\": \"score\", \"value\": 1, \"step\": 999999 }", StringComparison.Ordinal));

        target.Invoking(it => it.Read(path)).Should().Throw<CheckpointException>().WithMessage("*must name a best step from 0 to its own * but names 999999.");
    }

    public void Dispose() => folder.Dispose();
}
