using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Data;

public sealed class DatasetFingerprintTests
{
    [Fact]
    public void It_tells_values_labels_shape_and_held_out_data_apart_but_not_names()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var (samples, labels) = (randn(2_100, 4), arange(2_100, ScalarType.Int64) % 3);
        var (otherSamples, otherLabels) = (samples.clone(), labels.clone());
        otherSamples[2_050, 1] += 1e-6f;
        otherLabels[17] = 9;
        string Of(Tensor values, Tensor? classes = null, InMemoryDataset? heldOut = null, string name = "data")
        {
            using var data = new InMemoryDataset(values, classes, heldOut, name);
            return DatasetFingerprint.Compute(data);
        }

        var prints = new[]
        {
            Of(samples), Of(otherSamples), Of(samples, labels), Of(samples, otherLabels), Of(samples.reshape(2_100, 2, 2)),
            Of(samples, heldOut: new InMemoryDataset(samples)), Of(samples, heldOut: new InMemoryDataset(otherSamples)), Of(samples.to(ScalarType.Float64)),
        };

        prints.Should().OnlyHaveUniqueItems().And.OnlyContain(print => print.Length == 64);
        Of(samples, name: "another name").Should().Be(prints[0]);
    }

    [Fact]
    public void A_known_density_has_one_too()
    {
        using var first = Mixtures.Normal();
        using var same = Mixtures.Normal();
        using var other = Mixtures.Normal(1e-3);

        DatasetFingerprint.Compute(first).Should().Be(DatasetFingerprint.Compute(same)).And.NotBe(DatasetFingerprint.Compute(other));
    }

    [Fact]
    public void Canceling_stops_it()
    {
        using var data = Mixtures.Normal();

        new Action(() => DatasetFingerprint.Compute(data, new CancellationToken(canceled: true))).Should().Throw<OperationCanceledException>();
    }
}
