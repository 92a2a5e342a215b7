using FluentAssertions;
using GanSharp.Players;
using Xunit;

namespace GanSharp.Tests.Training;

public sealed class SamplingWhileTrainingTests
{
    private const int Steps = 150;

    [Theory]
    [InlineData(false, false, Precision.Float32)]
    [InlineData(false, true, Precision.Float32)]
    [InlineData(true, false, Precision.Float32)]
    [InlineData(false, false, Precision.BFloat16)]
    public async Task Two_threads_that_sample_all_the_time_change_no_bit_of_a_run(bool isLive, bool readAhead, Precision precision)
    {
        Assert.SkipWhen(precision != Precision.Float32 && GanSharp.Tensors.TensorData.Refusal is not null, "no bfloat16 here");
        // One of the generators can't copy itself, so the network in training is sampled, between two steps.
        SmallRun Run() => new(new() { Prefetch = readAhead, Precision = precision }, isLive ? () => new NoisyImages() : null);
        using var quiet = Run();
        quiet.Trainer.Train(Steps).Every(50).Should().HaveCount(3);
        using var run = Run();
        using var hasEnded = new CancellationTokenSource();
        var sampling = Enumerable.Range(0, 2).Select(thread => Task.Run(() =>
        {
            var count = 0;
            for (; !hasEnded.IsCancellationRequested; count++)
            {
                using var samples = run.Trainer.Sample(4 + thread, seed: count);
                samples.shape.Should().Equal(4 + thread, 1, 8, 8);
                samples.isfinite().all().item<bool>().Should().BeTrue();
            }
            return count;
        })).ToArray();

        run.Trainer.Train(Steps).Every(50).Should().HaveCount(3);
        hasEnded.Cancel();

        (await Task.WhenAll(sampling)).Should().OnlyContain(count => count > 5, "training starves nobody");
        run.Weights().Should().Be(quiet.Weights());
    }
}
