using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Evaluations;
using GanSharp.Metrics;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.Fidelity;
using GanSharp.Networks;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics.Features;

public sealed class FeatureCacheTests
{
    [Fact]
    public void An_entry_is_computed_once_and_found_by_all_that_determines_it()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var data = new InMemoryDataset(rand(300, 2));
        using var other = new InMemoryDataset(rand(300, 2));
        var cache = new FeatureCache(folder.FullName);
        var extractor = new Counting();

        var first = cache.Features(extractor, data, 280);
        var second = cache.Features(extractor, data, 280);

        extractor.Samples.Should().Be(280);
        first.equal(second).all().item<bool>().Should().BeTrue();
        foreach (var (from, count, seed, name) in new[] { (other, 280, 0, "double"), (data, 100, 0, "double"), (data, 280, 1, "double"), (data, 280, 0, "another") })
        {
            var before = extractor.Samples;
            extractor.Name = name;
            cache.Features(extractor, from, count, seed);
            extractor.Samples.Should().Be(before + count);
        }
    }

    [Fact]
    public void A_damaged_entry_is_computed_anew_whatever_byte_is_wrong()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var data = new InMemoryDataset(rand(3, 2));
        var cache = new FeatureCache(folder.FullName);
        var extractor = new Counting();
        var features = cache.Features(extractor, data, 3);
        var path = Directory.GetFiles(folder.FullName).Single();
        var good = File.ReadAllBytes(path);

        for (var position = 0; position < good.Length; position += 7)
        {
            var damaged = good.ToArray();
            damaged[position] ^= 0x41;
            File.WriteAllBytes(path, damaged);
            cache.Features(extractor, data, 3).equal(features).all().item<bool>().Should().BeTrue();
        }
        File.WriteAllBytes(path, good[..^1]);
        cache.Features(extractor, data, 3).equal(features).all().item<bool>().Should().BeTrue();
        File.ReadAllBytes(path).Should().Equal(good);
    }

    [Fact]
    public void Metrics_of_one_report_share_the_features_of_the_same_samples()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        var extractor = new Counting();

        var report = Evaluation.Compare(data, generator, new() { Metrics = [new FrechetDistanceMetric(extractor, 100), new KernelDistanceMetric(extractor, 100), NeighborMetric.Recall(extractor, 50)] });

        report.Records.Should().HaveCount(3);
        extractor.Samples.Should().Be(300 + 150);
        report.Records[1].Value.Should().Be(new KernelDistanceMetric(extractor, 100).Measure(new MetricContext(generator, data)).Value);
    }

    private sealed class Counting : IFeatureExtractor
    {
        public long Samples { get; private set; }

        public string Name { get; set; } = "double";

        public Tensor Extract(Tensor samples)
        {
            Samples += samples.shape[0];
            return samples * 2;
        }
    }
}
