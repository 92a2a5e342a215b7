using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.Memorization;
using GanSharp.Randomness;
using GanSharp.Tests.Data;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics.Memorization;

/// <summary>The nearest training samples, against SciPy and by brute force where all is tied.</summary>
public sealed class NearestTrainingNeighborsTests : IDisposable
{
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public static TheoryData<int> Cases => MemorizationReference.Cases;

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void They_are_those_of_a_stable_sort_of_all_distances(int index)
    {
        var expected = MemorizationReference.At(index);
        var (generated, training, _) = expected.Features();

        var (distances, indexes) = NearestTrainingNeighbors.Find(generated, training, expected.Neighbors);

        indexes.shape.Should().Equal(expected.Generated, expected.Neighbors);
        indexes.data<long>().ToArray().Should().Equal(expected.Indexes);
        foreach (var (distance, other) in distances.data<double>().ToArray().Zip(expected.Distances))
            distance.Should().BeApproximately(other, 1e-6 * other);
    }

    [Fact]
    public void Of_equal_distances_the_first_comes_first_however_many_and_in_whatever_block()
    {
        // Two blocks of columns, in which every point occurs some 400 times, far from 0, where a product of matrices rounds.
        using var random = SeededRandom.Create(1, "tied");
        var points = randint(5, [5_000, 2], generator: random).to(ScalarType.Float64) / 3 + 1_000.1;
        var queries = cat([points.narrow(0, 4_000, 40), points.narrow(0, 0, 5) + 0.01]);
        var (squares, order) = (queries.unsqueeze(1) - points.unsqueeze(0)).square().sum([2]).sort(dim: 1, descending: false, stable: true);

        var (distances, indexes) = NearestTrainingNeighbors.Find(queries, points, 7);

        indexes.eq(order.narrow(1, 0, 7)).all().item<bool>().Should().BeTrue();
        distances.allclose(squares.narrow(1, 0, 7).sqrt(), 1e-9).Should().BeTrue();
        distances.narrow(0, 0, 40).count_nonzero().item<long>().Should().Be(0, "a copy is no distance away");
    }

    [Fact]
    public void A_common_offset_costs_no_digits()
    {
        using var random = SeededRandom.Create(1, "offset");
        var (queries, points) = (randn([20, 8], ScalarType.Float64, generator: random), randn([500, 8], ScalarType.Float64, generator: random));

        var (distances, indexes) = NearestTrainingNeighbors.Find(queries, points);
        var (moved, same) = NearestTrainingNeighbors.Find(queries + 1e6, points + 1e6);

        same.eq(indexes).all().item<bool>().Should().BeTrue();
        moved.allclose(distances, 1e-8).Should().BeTrue();
    }

    [Fact]
    public void Copies_of_garments_are_found_in_a_data_set_that_is_read_a_batch_at_a_time()
    {
        using var garments = ShippedGarments.Load();
        var places = new long[] { 9_999, 256, 3 };
        var copies = cat([.. places.Select(place => garments.Draw(5, place, 1).Samples)]);
        using var random = SeededRandom.Create(2, "noise");
        var generated = (copies + 0.1f * randn(copies.shape, generator: random)).clamp(-1, 1);
        NearestTrainingNeighbors Find() => NearestTrainingNeighbors.Find(generated, garments, neighbors: 2, seed: 5);

        var found = Find();
        var images = found.Read(garments, seed: 5);

        found.Indexes.select(1, 0).data<long>().ToArray().Should().Equal(places);
        images.shape.Should().Equal(3, 2, 1, 28, 28);
        images.select(1, 0).eq(copies).all().item<bool>().Should().BeTrue();
        found.Distances.select(1, 1).gt(2 * found.Distances.select(1, 0)).all().item<bool>().Should().BeTrue("another garment is farther than a copy");
        var all = garments.Draw(5, 0, 10_000).Samples.flatten(1);
        var together = NearestTrainingNeighbors.Find(generated.flatten(1), all, 2);
        together.Indexes.eq(found.Indexes).all().item<bool>().Should().BeTrue();
        together.Distances.allclose(found.Distances, 1e-12).Should().BeTrue();
        LiveTensors.Grown(() =>
        {
            using var one = NewDisposeScope();
            _ = Find().Read(garments, seed: 5);
        }).Should().Be(0);
    }

    [Fact]
    public void No_batch_of_a_long_search_stays_in_memory()
    {
        using var data = new Counted(rows: 20_000);
        var generated = zeros(4, 3);
        var before = LiveTensors.Settled();

        _ = NearestTrainingNeighbors.Find(generated, data);

        data.Most.Should().BeLessThan(before + 30, "80 batches pass and none stays");
    }

    [Fact]
    public void What_cannot_be_searched_is_refused()
    {
        var good = ones(4, 3);
        using var data = new InMemoryDataset(good);
        using var fresh = Mixtures.Ring();
        void Refuses(Action finding, string message) => finding.Should().Throw<ArgumentException>().WithMessage(message);

        Refuses(() => NearestTrainingNeighbors.Find(good, ones(4, 2)), "training must have at least 5 samples but has 4.*");
        Refuses(() => NearestTrainingNeighbors.Find(good, ones(9, 2)), "training must have as many features as generated, 3, but has 2.*");
        Refuses(() => NearestTrainingNeighbors.Find(good * float.NaN, good, 1), "generated must be finite but holds NaN or infinity.*");
        Refuses(() => NearestTrainingNeighbors.Find(good, good, 0), "*neighbors*0*");
        Refuses(() => NearestTrainingNeighbors.Find(good, data), "training must have at least 5 samples but 'tensor data' has 4.*");
        Refuses(() => NearestTrainingNeighbors.Find(ones(4, 2), fresh), "training must have a fixed number of samples but every draw of * is fresh, so there is nothing to memorize.*");
        Refuses(() => NearestTrainingNeighbors.Find(ones(4, 2), data, neighbors: 1), "generated must be a float tensor of samples of shape [3] like 'tensor data' but is Float32 of shape [4, 2].*");
        Refuses(() => new NearestTrainingNeighbors(zeros(1, 1), tensor(new long[] { 4 }, 1, 1)).Read(data), "training must be the data in which the neighbors were found, so have more than 4 samples, but 'tensor data' has 4.*");
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        FluentActions.Invoking(() => NearestTrainingNeighbors.Find(good, data, new PixelFeatures(), 1, cancellationToken: cancellation.Token)).Should().Throw<OperationCanceledException>();
    }

    /// <summary>Counts live tensors at every batch.</summary>
    private sealed class Counted(long rows) : Dataset("counted", [3])
    {
        public long Most { get; private set; }

        public override long? Count => rows;

        public override Dataset? HeldOut => null;

        public override Batch Draw(long seed, long position, int count)
        {
            Most = Math.Max(Most, Tensor.TotalCount);
            return new Batch(arange(position, position + count, ScalarType.Float32).unsqueeze(1).expand(count, 3), null);
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
