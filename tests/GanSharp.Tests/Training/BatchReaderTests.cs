using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Networks;
using GanSharp.Training;
using GanSharp.Training.Runs;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

public sealed class BatchReaderTests
{
    private const int BatchSize = 24;

    [Fact]
    public void Reading_ahead_gives_the_same_batches_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        using var data = new InMemoryDataset(randint(0, 256, [100, 1, 8, 8], ScalarType.Byte), arange(100, ScalarType.Int64) % 10);
        using var reader = new BatchReader(data, 3, BatchSize, readsAhead: true);

        // In order over two epochs, then elsewhere, as after a resume.
        foreach (var position in Enumerable.Range(0, 9).Select(index => (long)index * BatchSize).Concat([1000, 1000 + BatchSize, 0]))
        {
            var batch = reader.Take(position);
            reader.Settle();
            var expected = data.Draw(3, position, BatchSize);
            batch.Samples.equal(expected.Samples).all().item<bool>().Should().BeTrue();
            batch.Labels!.equal(expected.Labels!).all().item<bool>().Should().BeTrue();
        }
    }

    [Fact]
    public void It_draws_one_batch_ahead_on_a_thread_of_its_own_and_only_between_take_and_settle()
    {
        using var scope = NewDisposeScope();
        using var data = new Witness();
        using var reader = new BatchReader(data, 0, BatchSize, readsAhead: true);

        reader.Take(0);
        reader.Settle();
        data.Draws.Select(draw => draw.Position).Should().Equal(0, BatchSize);
        reader.Take(BatchSize);
        reader.Settle();

        data.Draws.Select(draw => draw.Position).Should().Equal(0, BatchSize, 2 * BatchSize);
        data.Draws.Select(draw => draw.Thread == Environment.CurrentManagedThreadId).Should().Equal(true, false, false);
        data.Draws.Select(draw => draw.TorchThreads).Skip(1).Should().OnlyContain(threads => threads == 1, "a second team of OpenMP would spin against the first");
    }

    [Fact]
    public void A_failure_is_thrown_where_the_batch_is_taken_and_asked_again_it_is_drawn_again()
    {
        using var scope = NewDisposeScope();
        using var data = new Witness { FailsFrom = BatchSize };
        using var reader = new BatchReader(data, 0, BatchSize, readsAhead: true);

        reader.Take(0);

        FluentActions.Invoking(() => reader.Take(BatchSize)).Should().Throw<InvalidDatasetException>();
        data.FailsFrom = long.MaxValue;
        reader.Take(BatchSize).Samples.shape.Should().Equal(BatchSize, 1);
    }

    [Fact]
    public void Threads_and_tensors_are_as_before()
    {
        using var data = Mixtures.Ring();
        var threads = get_num_threads();
        var tensors = LiveTensors.Settled();

        using (var reader = new BatchReader(data, 0, BatchSize, readsAhead: true))
            for (var index = 0; index < 5; index++)
            {
                using var scope = NewDisposeScope();
                reader.Take(index * BatchSize);
            }

        Tensor.TotalCount.Should().Be(tensors);
        get_num_threads().Should().Be(threads);
    }

    [Fact]
    public void Training_that_reads_ahead_learns_the_same_bit_for_bit()
    {
        float[] Train(bool readsAhead)
        {
            manual_seed(0);
            using var scope = NewDisposeScope();
            using var data = Mixtures.Ring();
            using var generator = new MlpGenerator(2, 8, 2);
            using var discriminator = new MlpDiscriminator(2, 8);
            using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = BatchSize, DiscriminatorSteps = 2, Prefetch = readsAhead });
            trainer.Train(10).Should().HaveCount(10);
            return [.. generator.parameters().SelectMany(parameter => parameter.detach().contiguous().data<float>().ToArray())];
        }

        Train(true).Should().Equal(Train(false));
    }

    private sealed class Witness() : Dataset("witness", [1])
    {
        public List<(long Position, int Thread, int TorchThreads)> Draws { get; } = [];

        public long FailsFrom { get; set; } = long.MaxValue;

        public override long? Count => null;

        public override Dataset? HeldOut => null;

        public override Batch Draw(long seed, long position, int count)
        {
            if (position >= FailsFrom)
                throw new InvalidDatasetException("a broken file");
            Draws.Add((position, Environment.CurrentManagedThreadId, get_num_threads()));
            return new Batch(zeros(count, 1), null);
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
