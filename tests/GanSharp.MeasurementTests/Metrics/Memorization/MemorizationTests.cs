using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Metrics;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.Memorization;
using GanSharp.Networks;
using GanSharp.Randomness;
using GanSharp.Tests.Data;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics.Memorization;

/// <summary>Whether generated samples are nearer to training samples than to held-out ones: against SciPy, how often the interval holds, and a ladder of copies.</summary>
public sealed class MemorizationTests : IDisposable
{
    private const int Repeats = 200;

    // 95% less four standard errors of 200 repeats.
    private const int FewestHits = 178;

    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public static TheoryData<int> Cases => MemorizationReference.Cases;

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_share_and_its_interval_are_those_of_the_definition(int index)
    {
        var expected = MemorizationReference.At(index);
        var (generated, training, heldOut) = expected.Features();

        var share = MemorizationShare.Measure(generated, training, heldOut);

        share.Value.Should().BeApproximately(expected.Share, 1e-12);
        share.Lower.Should().BeApproximately(expected.Lower, 1e-6 * expected.Lower);
        share.Upper.Should().BeApproximately(expected.Upper, 1e-6 * expected.Upper);
        share.SampleCount.Should().Be(expected.Generated);
    }

    [Theory]
    [InlineData("the data", 8)]
    [InlineData("the data", 64)]
    [InlineData("shifted", 8)]
    [InlineData("blurred", 8)]
    [InlineData("one mode", 8)]
    [InlineData("five modes", 8)]
    public void What_was_not_trained_on_the_samples_has_one_half_however_bad_it_is(string generator, int size)
    {
        var estimates = Enumerable.Range(0, Repeats).Select(repeat =>
        {
            using var one = NewDisposeScope();
            using var random = SeededRandom.Create(repeat, "sets");
            Tensor Normal(int count = 200) => randn([count, size], ScalarType.Float64, generator: random);
            return MemorizationShare.Measure(generator switch
            {
                "shifted" => Normal() + 1,
                "blurred" => 0.3 * Normal(),
                "one mode" => Normal(1).expand(200, size),
                "five modes" => Normal(5).repeat(40, 1),
                _ => Normal(),
            }, Normal(), Normal());
        }).ToArray();

        // Were all generated samples counted as independent, it would be 0 of one mode and 53% of the shifted ones.
        estimates.Count(estimate => estimate.Lower <= 0.5 && estimate.Upper >= 0.5).Should().BeGreaterThanOrEqualTo(FewestHits);
        estimates.Average(estimate => estimate.Value).Should().BeApproximately(0.5, 0.1);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void A_share_of_copies_is_what_it_says(double copies)
    {
        var estimates = Enumerable.Range(0, Repeats).Select(repeat =>
        {
            using var one = NewDisposeScope();
            using var random = SeededRandom.Create(repeat, "copies");
            Tensor Normal() => randn([200, 8], ScalarType.Float64, generator: random);
            var (training, heldOut) = (Normal(), Normal());
            var copied = training.index_select(0, randint(200, [200], generator: random));
            return MemorizationShare.Measure(where(rand([200, 1], generator: random).lt(copies), copied, Normal()), training, heldOut);
        }).ToArray();
        var truth = copies + (1 - copies) / 2;

        estimates.Count(estimate => estimate.Lower <= truth && truth <= estimate.Upper).Should().BeGreaterThanOrEqualTo(FewestHits);
        estimates.Average(estimate => estimate.Value).Should().BeApproximately(truth, 0.01);
    }

    [Fact]
    public void A_sample_as_near_to_both_counts_half_and_a_copy_of_every_training_sample_1()
    {
        var (training, heldOut) = (tensor(new[] { 0.0, 4, 8 }, [3, 1]), tensor(new[] { 2.0, 6, 8 }, [3, 1]));

        MemorizationShare.Measure(tensor(new[] { 1.0, 8, 4, 6 }, [4, 1]), training, heldOut).Value.Should().Be((0.5 + 0.5 + 1 + 0) / 4);
        var all = MemorizationShare.Measure(arange(0, 200, ScalarType.Float64).unsqueeze(1), arange(0, 200, ScalarType.Float64).unsqueeze(1), arange(0, 200, ScalarType.Float64).unsqueeze(1) + 0.5);
        (all.Value, all.Upper).Should().Be((1, 1));
        all.Lower.Should().BeGreaterThan(0.97);
        var collapsed = MemorizationShare.Measure(zeros([200, 1], ScalarType.Float64), training, heldOut);
        (collapsed.Value, collapsed.Upper).Should().Be((1, 1));
        collapsed.Lower.Should().BeLessThan(0.5, "one point can be near to a training sample by chance");
    }

    [Fact]
    public void Copies_of_training_garments_raise_it_and_other_garments_lie_at_one_half()
    {
        using var garments = ShippedGarments.Load();
        using var random = SeededRandom.Create(0, "noise");
        using var features = GarmentClassifier.Load();
        // Other garments of the training set than those that are searched are real samples that weren't.
        var (searched, others) = (garments.Draw(0, 0, 500).Samples, garments.Draw(0, 2_000, 500).Samples);
        MetricValue Measure(double copies, IFeatureExtractor? compared)
        {
            var count = (long)(500 * copies);
            using var fake = new InMemoryDataset(cat([searched.narrow(0, 0, count) + 0.05f * randn([count, 1, 28, 28], generator: random), others.narrow(0, 0, 500 - count)]));
            return new MemorizationMetric(compared, 500).Measure(new MetricContext(garments, fake));
        }

        foreach (var compared in new IFeatureExtractor?[] { null, features })
        {
            var values = new[] { 0, 0.25, 0.5, 1 }.Select(copies => Measure(copies, compared)).ToArray();

            values.Select(value => value.Value).Should().BeInAscendingOrder();
            (values[0].Interval!.Value.Lower < 0.5 && values[0].Interval!.Value.Upper > 0.5).Should().BeTrue();
            values[2].Interval!.Value.Lower.Should().BeGreaterThan(0.6);
            values[3].Value.Should().BeGreaterThan(0.95);
            values.Should().OnlyContain(value => value.OfReal!.Value.Lower < 0.5 && value.OfReal.Value.Upper > 0.5, "others that were held out know nothing of the training set");
        }
    }

    [Fact]
    public void A_run_can_measure_it()
    {
        using var data = new InMemoryDataset(randn(600, 2)).Split(0.5);
        using var generator = new MlpGenerator(2, 16, 2);
        var metric = new MemorizationMetric(samples: 400);
        MetricValue Measure() => metric.Measure(new MetricContext(generator, data, seed: 3));

        var value = Measure();

        (metric.Name, metric.Goal).Should().Be(("memorization (pixels)", MetricGoal.NearReal));
        metric.Settings.Should().Equal(new Dictionary<string, string> { ["features"] = "pixels", ["samples"] = "400" });
        (value.Interval!.Value.SampleCount, value.OfReal!.Value.SampleCount).Should().Be((150, 150));
        Measure().Should().Be(value);
        LiveTensors.Grown(() => Measure()).Should().Be(0);
    }

    [Fact]
    public void Data_in_which_nothing_can_be_memorized_or_compared_is_refused()
    {
        var good = ones(4, 3);
        using var generator = new MlpGenerator(2, 16, 2);
        using var whole = new InMemoryDataset(randn(10, 2));
        using var few = new InMemoryDataset(randn(9, 2)).Split(0.3);
        using var fresh = Mixtures.Ring();
        void Refuses(Dataset data, string message) => FluentActions.Invoking(() => new MemorizationMetric().Measure(new MetricContext(generator, data))).Should().Throw<InvalidOperationException>().WithMessage(message);

        Refuses(whole, "MemorizationMetric needs data with a held-out part, such as that of InMemoryDataset.Split: *");
        Refuses(fresh, "MemorizationMetric needs a fixed number of training samples, but every draw of this data is fresh, *");
        Refuses(few, "MemorizationMetric needs at least 2 training, 4 held-out and 2 generated samples but there are 6, 3 and enough.");
        FluentActions.Invoking(() => new MemorizationMetric(samples: 1)).Should().Throw<ArgumentException>().WithMessage("*samples*1*");
        FluentActions.Invoking(() => MemorizationShare.Measure(good, good, ones(5, 3))).Should().Throw<ArgumentException>()
            .WithMessage("heldOut must have as many samples and features as training, [4, 3], or a half isn't what is expected, but has [5, 3].*");
        FluentActions.Invoking(() => MemorizationShare.Measure(good, ones(4, 2), good)).Should().Throw<ArgumentException>().WithMessage("training must have as many features as generated, 3, but has 2.*");
        FluentActions.Invoking(() => MemorizationShare.Measure(good, good, good * float.PositiveInfinity)).Should().Throw<ArgumentException>().WithMessage("heldOut must be finite but holds NaN or infinity.*");
    }
}
