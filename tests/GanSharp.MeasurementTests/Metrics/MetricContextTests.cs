using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Metrics;
using GanSharp.Metrics.Features;
using GanSharp.Networks;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics;

public sealed class MetricContextTests : IDisposable
{
    private readonly AffineGenerator generator = new(mean: 1, standardDeviation: 1);

    [Fact]
    public void Held_out_samples_come_once_each_however_they_are_cut()
    {
        using var all = new InMemoryDataset(arange(100, ScalarType.Float32).unsqueeze(1));
        using var data = all.Split(0.3);
        var context = new MetricContext(generator, data, seed: 4);
        float[] Values(int batchSize) => [.. context.Real(1_000, batchSize).SelectMany(batch => batch.Samples.data<float>().ToArray())];

        var values = Values(7);

        (context.RealCount, context.IsHeldOut).Should().Be((30, true));
        values.Should().HaveCount(30).And.OnlyHaveUniqueItems();
        Values(256).Should().Equal(values, "the sequence is the seed's, and can be read again");
        values.Should().NotIntersectWith(data.Draw(0, 0, 70).Samples.data<float>().ToArray());
    }

    [Fact]
    public void Training_samples_are_those_that_are_not_held_out()
    {
        using var all = new InMemoryDataset(arange(100, ScalarType.Float32).unsqueeze(1));
        using var data = all.Split(0.3);
        var context = new MetricContext(generator, data, seed: 4);
        static float[] Values(IEnumerable<Batch> batches) => [.. batches.SelectMany(batch => batch.Samples.data<float>().ToArray())];

        context.TrainingCount.Should().Be(70);
        Values(context.Training(1_000, 9)).Concat(Values(context.Real(1_000))).Should().BeEquivalentTo(Enumerable.Range(0, 100).Select(value => (float)value));
        new MetricContext(generator, all).TrainingCount.Should().Be(100, "without a held-out part all are both");
    }

    [Fact]
    public void Generated_samples_are_a_function_of_seed_and_step()
    {
        using var data = Mixtures.Normal();
        float[] Generated(long seed, long step) => [.. new MetricContext(generator, data, seed, step).Generated(50, 20).SelectMany(batch => batch.Samples.data<float>().ToArray())];

        Generated(1, 500).Should().HaveCount(50).And.Equal(Generated(1, 500));
        Generated(1, 501).Should().NotEqual(Generated(1, 500));
        Generated(2, 500).Should().NotEqual(Generated(1, 500));
    }

    [Fact]
    public void A_conditional_generator_is_asked_for_labels_of_training_samples()
    {
        using var data = new InMemoryDataset(zeros(40, 1), arange(40)).Split(0.5);
        using var conditional = new Echo();
        var context = new MetricContext(conditional, data);

        var asked = new List<long>();
        foreach (var fake in context.Generated(20, 8))
        {
            using var scope = NewDisposeScope();
            asked.AddRange(fake.Labels!.data<long>().ToArray());
            fake.Samples.squeeze(1).data<float>().ToArray().Should().Equal(fake.Labels!.to(ScalarType.Float32).data<float>().ToArray());
        }

        // Those of the 20 training samples, each once, and none that a real, held-out sample has.
        asked.Should().OnlyHaveUniqueItems().And.HaveCount(20).And.NotIntersectWith(context.Real(20).SelectMany(batch => batch.Labels!.data<long>().ToArray()).ToArray());
    }

    [Fact]
    public void Data_larger_than_memory_is_read_a_batch_at_a_time()
    {
        using var data = Mixtures.Normal();
        var context = new MetricContext(generator, data);
        long Most()
        {
            var (before, most) = (LiveTensors.Settled(), 0L);
            foreach (var (real, fake) in context.Real(20_000, 100).Zip(context.Generated(20_000, 100)))
            {
                using var scope = NewDisposeScope();
                _ = (real.Samples - fake.Samples).square();
                most = Math.Max(most, Tensor.TotalCount - before);
            }
            return most;
        }

        Most().Should().BeLessThan(10, "200 batches pass and none stays");
        LiveTensors.Grown(() => Most()).Should().Be(0);
    }

    [Fact]
    public void What_the_caller_asks_wrongly_is_named_at_once()
    {
        using var data = Mixtures.Normal();
        var context = new MetricContext(generator, data);

        context.Invoking(it => it.Real(0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("samples");
        context.Invoking(it => it.Generated(5, 0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("batchSize");
    }

    [Fact]
    public void A_canceled_measurement_ends_between_two_batches()
    {
        using var data = Mixtures.Normal();
        using var cancellation = new CancellationTokenSource();
        var context = new MetricContext(generator, data, cancellationToken: cancellation.Token);
        var batches = 0;
        var read = () =>
        {
            foreach (var _ in context.Real(1_000, 10))
                if (++batches == 3)
                    cancellation.Cancel();
        };

        read.Should().Throw<OperationCanceledException>();
        batches.Should().Be(3);
    }

    [Fact]
    public void An_extractor_that_breaks_its_promise_is_named()
    {
        using var data = Mixtures.Normal();
        using var scope = NewDisposeScope();
        var broken = new Features(samples => samples.to(ScalarType.Float64));

        broken.Invoking(it => it.ExtractAll(new MetricContext(generator, data).Real(10))).Should().Throw<InvalidOperationException>()
            .WithMessage("Features.Extract must return float32 features of shape [10, d] for 10 samples but returned Float64 of shape [10, 1].");
        new PixelFeatures().ExtractAll(new MetricContext(generator, data).Real(30, 8)).shape.Should().Equal(30, 1);
        new PixelFeatures().Extract(zeros(4, 3, 2, 2)).shape.Should().Equal(4, 12);
    }

    public void Dispose() => generator.Dispose();

    private sealed class Features(Func<Tensor, Tensor> extract) : IFeatureExtractor
    {
        public string Name => "broken";

        public Tensor Extract(Tensor samples) => extract(samples);
    }

    /// <summary>Samples that are their labels.</summary>
    private sealed class Echo() : GeneratorNetwork(nameof(Echo), LatentPrior.Normal(1))
    {
        public override Tensor forward(Tensor latents, Tensor? labels) => labels!.to(ScalarType.Float32).unsqueeze(1);
    }
}
