using System.Buffers.Binary;
using System.IO.Compression;
using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Images;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Data;

public sealed class IdxTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_is_read_plain_or_gzip_whatever_its_name(bool compressed)
    {
        var path = Write("file.any", Idx([2, 1, 3], [1, 2, 3, 253, 254, 255]), compressed);

        using var values = IdxFile.Read(path);

        values.shape.Should().Equal(2, 1, 3);
        values.dtype.Should().Be(ScalarType.Byte);
        values.data<byte>().ToArray().Should().Equal(1, 2, 3, 253, 254, 255);
    }

    [Fact]
    public void A_file_above_one_read_step_is_read_whole()
    {
        var content = new byte[3_000_001];
        new Random(1).NextBytes(content);

        using var values = IdxFile.Read(Write("big", Idx([content.Length], content), compressed: true));

        values.data<byte>().ToArray().AsSpan().SequenceEqual(content).Should().BeTrue();
    }

    public static TheoryData<string, byte[], string> Damaged => new()
    {
        { "empty", [], "*is cut off: 4 more bytes were announced but only 0 are there." },
        { "text", "hello world"u8.ToArray(), "*is no IDX file: it must begin with two zero bytes but begins with 68 65." },
        { "floats", [0, 0, 0x0d, 1, 0, 0, 0, 1, 0, 0, 0, 0], "*must hold uint8 values (type 08) but has type 0d." },
        { "scalar", [0, 0, 8, 0, 5], "*must have at least one dimension but has none." },
        { "no-header", [0, 0, 8, 3, 0, 0], "*is cut off: 12 more bytes were announced but only 2 are there." },
        { "short", Idx([2, 2], [1, 2, 3]), "*is cut off: 4 more bytes were announced but only 3 are there." },
        { "long", Idx([2, 2], [1, 2, 3, 4, 5]), "*must end after the 4 values that its header announces (2 × 2) but goes on." },
        { "none", Idx([0, 2], []), "*must hold between 1 and * values (largestBytes) but its header says 0 × 2." },
        { "absurd", Idx([-1, -1, -1, -1], []), "*must hold between 1 and * values (largestBytes) but its header says 4294967295 × 4294967295 × 4294967295 × 4294967295." },
        { "huge", Idx([1_000_000_000], [1]), "*is cut off: 1,000,000,000 more bytes were announced but only 1 are there." },
        { "too-large", Idx([1_100_000_000], [1]), "*must hold between 1 and 1,073,741,824 values (largestBytes) but its header says 1100000000." },
        { "gzip", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 0x77, 0x77], "*is a damaged gzip file: *" },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void A_damaged_file_is_named_with_what_was_found(string name, byte[] content, string message)
    {
        var path = Write(name, content);
        var read = () => IdxFile.Read(path);

        read.Should().Throw<InvalidDatasetException>().WithMessage($"'{path}' " + message.TrimStart('*'));
    }

    [Fact]
    public void A_gzip_file_that_expands_beyond_the_limit_is_refused_before_it_does()
    {
        var path = Write("bomb", Idx([10_000_000], new byte[10_000_000]), compressed: true);
        var read = () => IdxFile.Read(path, largestBytes: 1_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();

        read.Should().Throw<InvalidDatasetException>().WithMessage("*must hold between 1 and 1,000,000 values (largestBytes) but its header says 10000000.");

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    [Fact]
    public void Half_a_gzip_file_is_found()
    {
        var whole = File.ReadAllBytes(Write("whole", Idx([4000], [.. Enumerable.Range(0, 4000).Select(value => (byte)(value * value))]), compressed: true));
        var path = Write("half", whole[..(whole.Length / 2)]);
        var read = () => IdxFile.Read(path);

        read.Should().Throw<InvalidDatasetException>().WithMessage($"'{path}' is *");
    }

    [Fact]
    public void A_folder_becomes_images_with_labels_and_the_test_images_are_held_out()
    {
        using var scope = NewDisposeScope();
        Family(trainImages: 6, trainLabels: 6, testImages: 3, testLabels: 3);

        using var data = IdxDataset.Load(folder.FullName, "garments");
        var batch = data.Draw(seed: 0, position: 0, count: 6);

        (data.Name, data.Count, data.HeldOut!.Count).Should().Be(("garments", 6, 3));
        data.SampleShape.Should().Equal(1, 2, 2);
        // Image i holds the value i, label i is i: whatever the order, they must match.
        (batch.Samples[.., 0, 0, 0].add(1).mul(127.5).round() - batch.Labels!).abs().max().item<float>().Should().Be(0);
    }

    [Fact]
    public void Without_test_images_a_tenth_is_held_out()
    {
        Family(trainImages: 20, trainLabels: 20);

        using var data = IdxDataset.Load(folder.FullName);

        (data.Count, data.HeldOut!.Count).Should().Be((18, 2));
    }

    [Fact]
    public void Labels_that_disagree_with_the_images_are_refused()
    {
        Family(trainImages: 6, trainLabels: 5);
        var load = () => IdxDataset.Load(folder.FullName);

        load.Should().Throw<InvalidDatasetException>().WithMessage("*train-labels-idx1-ubyte' must have one label for each of the 6 images of *train-images-idx3-ubyte' but has shape [5].");
    }

    [Fact]
    public void An_empty_or_missing_folder_says_what_should_be_there()
    {
        var empty = () => IdxDataset.Load(folder.FullName);
        var missing = () => IdxDataset.Load(folder.File("nowhere"));

        empty.Should().Throw<FileNotFoundException>().WithMessage($"'{folder.FullName}' has no training images: it must hold train-images-idx3-ubyte, plain or with .gz.");
        missing.Should().Throw<DirectoryNotFoundException>().WithMessage("The folder '*nowhere' doesn't exist.");
    }

    public void Dispose() => folder.Dispose();

    private void Family(int trainImages, int trainLabels, int testImages = 0, int testLabels = 0)
    {
        byte[] Images(int count) => Idx([count, 2, 2], [.. Enumerable.Range(0, count).SelectMany(index => Enumerable.Repeat((byte)index, 4))]);
        byte[] Labels(int count) => Idx([count], [.. Enumerable.Range(0, count).Select(index => (byte)index)]);
        Write("train-images-idx3-ubyte", Images(trainImages));
        Write("train-labels-idx1-ubyte", Labels(trainLabels));
        if (testImages == 0)
            return;
        Write("t10k-images-idx3-ubyte", Images(testImages));
        Write("t10k-labels-idx1-ubyte", Labels(testLabels));
    }

    private string Write(string name, byte[] content, bool compressed = false)
    {
        var path = folder.File(name);
        using var file = File.Create(path);
        using Stream target = compressed ? new GZipStream(file, CompressionLevel.Fastest) : file;
        target.Write(content);
        return path;
    }

    private static byte[] Idx(int[] shape, byte[] values)
    {
        var header = new byte[4 + 4 * shape.Length];
        (header[2], header[3]) = (8, (byte)shape.Length);
        for (var index = 0; index < shape.Length; index++)
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + 4 * index), shape[index]);
        return [.. header, .. values];
    }
}
