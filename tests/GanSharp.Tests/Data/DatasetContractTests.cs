using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Arrays;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using SkiaSharp;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Data;

/// <summary>What <see cref="Dataset.Draw"/> promises, for every data set of the library.</summary>
public sealed class DatasetContractTests : IDisposable
{
    private const int Count = 30;
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Finite => ["tensors", "tensors, held out", "mapped", "mapped, held out", "images in memory", "images streamed", "images streamed, held out"];

    [Theory]
    [MemberData(nameof(Finite))]
    public void Finite_data_is_one_sequence_however_it_is_cut(string kind)
    {
        using var scope = NewDisposeScope();
        using var data = Open(kind);
        var read = kind.EndsWith("held out") ? data.HeldOut! : data;
        foreach (var position in new[] { 0, 7, 1_000 })
        {
            var whole = read.Draw(3, position, 100).Samples;

            Same(read.Draw(3, position + 50, 50).Samples, whole[50..]).Should().BeTrue();
            Same(cat([.. Enumerable.Range(0, 25).Select(batch => read.Draw(3, position + 4 * batch, 4).Samples)]), whole).Should().BeTrue();
        }
        // Once an epoch, without replacement.
        var rows = (int)read.Count!;
        var epoch = read.Draw(3, 0, rows).Samples.flatten(1);
        (cdist(epoch, epoch) < 1e-6).sum().item<long>().Should().Be(rows);
    }

    [Theory]
    [MemberData(nameof(Finite))]
    [InlineData("mixture")]
    [InlineData("mixture, held out")]
    public void The_same_arguments_give_the_same_batch_and_others_another(string kind)
    {
        using var scope = NewDisposeScope();
        using var data = Open(kind);
        var read = kind.EndsWith("held out") ? data.HeldOut! : data;
        var batch = read.Draw(3, 50, 20).Samples;

        Same(read.Draw(3, 50, 20).Samples, batch).Should().BeTrue();
        Same(read.Draw(4, 50, 20).Samples, batch).Should().BeFalse();
        Same(read.Draw(3, 70, 20).Samples, batch).Should().BeFalse();
        FluentActions.Invoking(() => read.Draw(3, -1, 20)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => read.Draw(3, 0, 0)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Batches_of_a_mixture_that_do_not_overlap_are_independent_and_of_its_density()
    {
        using var scope = NewDisposeScope();
        using var normal = Mixtures.Normal();
        var batches = stack([.. Enumerable.Range(0, 400).Select(batch => normal.Draw(3, 50 * batch, 50).Samples.squeeze(1).to(ScalarType.Float64))]);

        // Correlations of neighboring batches and means of all, each to four standard errors.
        (batches[1..] * batches[..^1]).mean().item<double>().Should().BeApproximately(0, 4 / Math.Sqrt(399 * 50));
        batches.mean().item<double>().Should().BeApproximately(0, 4 / Math.Sqrt(400 * 50));
        batches.square().mean().item<double>().Should().BeApproximately(1, 4 * Math.Sqrt(2.0 / (400 * 50)));
    }

    public void Dispose() => folder.Dispose();

    private static bool Same(Tensor left, Tensor right) => left.shape.SequenceEqual(right.shape) && left.equal(right).all().item<bool>();

    private Dataset Open(string kind)
    {
        var rows = arange(0, Count * 12, ScalarType.Float32).view(Count, 3, 2, 2);
        switch (kind.Split(',')[0])
        {
            case "tensors":
                return new InMemoryDataset(rows).Split(0.3, seed: 5);
            case "mapped":
                var path = Path.Combine(folder.FullName, "rows.npy");
                NpyFile.Write(path, [rows]);
                return NpyDataset.Open(path, heldOutFraction: 0.3, seed: 5);
            case "mixture":
                return Mixtures.Ring();
            default:
                WriteImages();
                var options = new ImageFolderOptions { Image = new(3, 4, 4), HeldOutFraction = 0.3, DecodeThreads = 1 };
                return kind.StartsWith("images streamed") ? ImageFolder.Stream(folder.FullName, options) : ImageFolder.Load(folder.FullName, options);
        }
    }

    private void WriteImages()
    {
        for (var index = 0; index < Count; index++)
        {
            using var bitmap = new SKBitmap(4, 4);
            bitmap.Erase(new SKColor((byte)(8 * index), (byte)(255 - 8 * index), 100));
            using var encoded = bitmap.Encode(SKEncodedImageFormat.Png, 100);
            using var file = File.Create(Path.Combine(folder.FullName, $"{index}.png"));
            encoded.SaveTo(file);
        }
    }
}
