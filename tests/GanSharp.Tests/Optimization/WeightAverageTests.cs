using FluentAssertions;
using GanSharp.Optimization.Averages;
using GanSharp.Optimization.Flat;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Optimization;

public sealed class WeightAverageTests
{
    [Fact]
    public void Each_update_follows_the_half_life_in_images()
    {
        using var module = Linear(1, 1, hasBias: false);
        using var flat = new FlatParameters(module);
        Fill(flat, 0);
        using var average = new WeightAverage(module, flat, halfLifeImages: 64);
        double expected = 0, seen = 0;

        for (var step = 1; step <= 400; step++)
        {
            Fill(flat, step);
            average.Update(batchSize: 8);
            seen += 8;
            var keep = Math.Pow(0.5, 8 / Math.Min(64, seen * 0.05));
            expected = expected * keep + step * (1 - keep);
        }

        using (average.Apply())
            module.weight!.item<float>().Should().BeApproximately((float)expected, 1e-2f);
    }

    [Fact]
    public void Applying_shows_the_average_and_disposing_restores_the_trained_weights()
    {
        using var module = Linear(3, 2);
        using var flat = new FlatParameters(module);
        using var average = new WeightAverage(module, flat, 100);
        var start = module.weight!.detach().clone();
        Fill(flat, 7);

        var applied = average.Apply();
        module.weight!.detach().equal(start).all().item<bool>().Should().BeTrue();
        applied.Dispose();
        applied.Dispose();

        module.weight!.detach().eq(7).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void Running_statistics_of_batch_norm_are_averaged_with_the_weights()
    {
        using var module = BatchNorm1d(2);
        using var flat = new FlatParameters(module);
        using var average = new WeightAverage(module, flat, halfLifeImages: 1e9);
        var start = module.running_mean!.clone();
        for (var step = 0; step < 50; step++)
            average.Update(64);
        module.running_mean!.fill_(5);
        average.Update(64);

        using (average.Apply())
        {
            var applied = module.running_mean!.max().item<float>();
            applied.Should().BeInRange(0.1f, 4.9f, "between the start and the present");
        }

        start.count_nonzero().item<long>().Should().Be(0);
        module.running_mean!.eq(5).all().item<bool>().Should().BeTrue();
        module.num_batches_tracked!.item<long>().Should().Be(0);
    }

    private static void Fill(FlatParameters parameters, double value)
    {
        using var frozen = no_grad();
        parameters.Buffers[0].fill_(value);
    }
}
