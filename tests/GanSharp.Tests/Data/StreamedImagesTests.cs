using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Training;
using SkiaSharp;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Data;

public sealed class StreamedImagesTests : IDisposable
{
    private const int Batch = 3;
    private static readonly ImageFolderOptions Options = new() { Image = new(3, 4, 4), HeldOutFraction = 0.25, DecodeThreads = 1 };
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(4, null)]
    public void The_sequence_is_that_of_the_folder_in_memory_bit_for_bit(int batchesAhead, int? threads)
    {
        using var scope = NewDisposeScope();
        WriteImages(24);
        using var loaded = ImageFolder.Load(folder.FullName, Options);
        using var streamed = ImageFolder.Stream(folder.FullName, Options with { BatchesAhead = batchesAhead, DecodeThreads = threads });

        (streamed.Name, streamed.Count, streamed.HeldOut!.Name, streamed.HeldOut.Count).Should().Be((loaded.Name, 18, loaded.HeldOut!.Name, 6));
        streamed.ClassNames.Should().Equal(loaded.ClassNames).And.HaveCount(2);
        DatasetFingerprint.Compute(streamed).Should().Be(DatasetFingerprint.Compute(loaded));
        // In order over three epochs, then elsewhere, as diagnostics and a resumed run draw, another seed, another size, and in order again.
        (long Seed, long Position, int Count)[] draws =
            [.. Enumerable.Range(0, 20).Select(index => (7L, (long)index * Batch, Batch)), (7, 5, 4), (7, 9, 4), (7, 60, Batch), (8, 63, Batch), (7, 63, Batch), (7, 66, 50), .. Enumerable.Range(0, 4).Select(index => (9L, 1_000L + index * Batch, Batch))];
        foreach (var (seed, position, count) in draws)
        {
            Same(streamed.Draw(seed, position, count), loaded.Draw(seed, position, count)).Should().BeTrue($"{count} at {position}");
            if (position % 2 == 0)
                Same(streamed.HeldOut.Draw(seed, position, count), loaded.HeldOut.Draw(seed, position, count)).Should().BeTrue();
        }
    }

    [Fact]
    public void Draws_that_follow_one_another_are_decoded_ahead_as_far_as_the_option_says_and_others_leave_them_be()
    {
        using var scope = NewDisposeScope();
        WriteImages(40);
        using var loaded = ImageFolder.Load(folder.FullName, Options);
        using var streamed = ImageFolder.Stream(folder.FullName, Options with { BatchesAhead = 2 });
        streamed.Draw(0, 0, Batch);
        streamed.Draw(0, Batch, Batch);
        streamed.Draw(5, 1, Batch);
        // One thread takes its work in order: with this batch it has done all that was asked for before.
        streamed.HeldOut!.Draw(0, 0, 1);
        foreach (var file in Directory.GetFiles(folder.FullName, "*", SearchOption.AllDirectories))
            File.Delete(file);

        foreach (var position in new[] { 2 * Batch, 3 * Batch })
            Same(streamed.Draw(0, position, Batch), loaded.Draw(0, position, Batch)).Should().BeTrue();

        FluentActions.Invoking(() => streamed.Draw(0, 4 * Batch, Batch)).Should().Throw<InvalidDatasetException>()
            .WithMessage($"'{folder.FullName}*.png' was there when the folder was opened but is gone. Put it back as it was, and resume from the last checkpoint.");
    }

    [Fact]
    public void A_process_that_reads_its_part_of_each_batch_has_its_next_parts_decoded_ahead()
    {
        using var scope = NewDisposeScope();
        WriteImages(80);
        using var loaded = ImageFolder.Load(folder.FullName, Options);
        using var streamed = ImageFolder.Stream(folder.FullName, Options with { BatchesAhead = 2 });
        // The second of four ranks: the steps between its parts are seen after three.
        long Position(int step) => (4L * step + 1) * Batch;
        for (var step = 0; step < 3; step++)
            streamed.Draw(0, Position(step), Batch);
        streamed.Draw(5, 1, Batch);
        // One thread takes its work in order: with this batch it has done all that was asked for before.
        streamed.HeldOut!.Draw(0, 0, 1);
        foreach (var file in Directory.GetFiles(folder.FullName, "*", SearchOption.AllDirectories))
            File.Delete(file);

        foreach (var step in new[] { 3, 4 })
            Same(streamed.Draw(0, Position(step), Batch), loaded.Draw(0, Position(step), Batch)).Should().BeTrue();

        FluentActions.Invoking(() => streamed.Draw(0, Position(5), Batch)).Should().Throw<InvalidDatasetException>().WithMessage("*is gone*");
    }

    [Fact]
    public void A_file_that_is_damaged_later_is_named_where_it_is_drawn_and_a_repair_is_enough()
    {
        using var scope = NewDisposeScope();
        WriteImages(6);
        using var streamed = ImageFolder.Stream(folder.FullName, Options with { HeldOutFraction = 0 });
        var path = folder.File("odd", "3.png");
        var good = File.ReadAllBytes(path);
        CutOff(path);
        var draw = () => streamed.Draw(0, 0, 6);

        draw.Should().Throw<InvalidDatasetException>().WithMessage($"'{path}' was there when the folder was opened but now can't be decoded: the file is cut off. Put it back*");
        File.WriteAllBytes(path, good);
        draw.Should().NotThrow();
    }

    [Fact]
    public void Damaged_files_are_found_beforehand_and_refused_or_left_out_as_in_memory()
    {
        using var scope = NewDisposeScope();
        WriteImages(10);
        CutOff(folder.File("odd", "3.png"));
        File.WriteAllText(folder.File("odd", "text.jpg"), "no image");
        var skipping = Options with { CorruptImages = CorruptImagePolicy.Skip };

        FluentActions.Invoking(() => ImageFolder.Stream(folder.FullName, Options)).Should().Throw<InvalidDatasetException>()
            .WithMessage("2 of the 11 images in '*' can't be decoded:*3.png: the file is cut off*text.jpg: not an image that can be read*");
        using var loaded = ImageFolder.Load(folder.FullName, skipping);
        using var streamed = ImageFolder.Stream(folder.FullName, skipping);

        streamed.Skipped.Should().Equal(loaded.Skipped).And.HaveCount(2);
        DatasetFingerprint.Compute(streamed).Should().Be(DatasetFingerprint.Compute(loaded));
    }

    [Fact]
    public void Headers_alone_tell_what_is_no_image_but_not_what_is_cut_off()
    {
        using var scope = NewDisposeScope();
        WriteImages(6);
        CutOff(folder.File("odd", "3.png"));
        File.WriteAllText(folder.File("odd", "text.jpg"), "no image");

        using var streamed = ImageFolder.Stream(folder.FullName, Options with { CheckHeadersOnly = true, CorruptImages = CorruptImagePolicy.Skip, HeldOutFraction = 0 });

        streamed.Skipped.Should().ContainSingle().Which.Should().Contain("text.jpg");
        FluentActions.Invoking(() => streamed.Draw(0, 0, 6)).Should().Throw<InvalidDatasetException>().WithMessage("*3.png'*cut off*");
    }

    [Fact]
    public void Nothing_is_left_behind_by_draws_nor_by_what_was_decoded_ahead_when_it_is_disposed()
    {
        WriteImages(24);
        var before = LiveTensors.Settled();
        using (var streamed = ImageFolder.Stream(folder.FullName, Options with { DecodeThreads = 2 }))
        {
            Draw(0);
            Draw(Batch);
            var afterTwo = Tensor.TotalCount;
            // 4 batches ahead, each one tensor, and one image in progress on each thread.
            afterTwo.Should().BeInRange(before + 4, before + 4 + 2);
            for (var position = 2 * Batch; position < 200; position += Batch)
                Draw(position);
            Tensor.TotalCount.Should().BeInRange(before + 4, before + 4 + 2);

            void Draw(long position)
            {
                using var scope = NewDisposeScope();
                streamed.Draw(0, position, Batch);
            }
        }
        Tensor.TotalCount.Should().Be(before);
    }

    [Fact]
    public void A_trainer_learns_from_it_what_it_learns_from_memory_whoever_draws_ahead()
    {
        using var scope = NewDisposeScope();
        WriteImages(60);
        var wanted = Options with { Image = new(3, 8, 8), HeldOutFraction = 0.7 };
        float[] Train(ImageFolder data, bool readAhead)
        {
            manual_seed(0);
            using var generator = new DcganGenerator(wanted.Image, latentSize: 2, width: 2);
            using var discriminator = new DcganDiscriminator(wanted.Image, width: 2);
            using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 7, Prefetch = readAhead, Diagnostics = new() { Samples = 40 } });
            _ = trainer.Train(9).Every(3).Last();
            return trainer.Sample(4).data<float>().ToArray();
        }
        using var loaded = ImageFolder.Load(folder.FullName, wanted);
        using var streamed = ImageFolder.Stream(folder.FullName, wanted);

        var expected = Train(loaded, readAhead: false);

        Train(streamed, readAhead: false).Should().Equal(expected);
        Train(streamed, readAhead: true).Should().Equal(expected);
    }

    [Fact]
    public void The_check_can_be_canceled_and_tells_its_progress()
    {
        WriteImages(4);
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        var progress = new Progress();

        ImageFolder.Stream(folder.FullName, Options, progress).Dispose();

        progress.Values.Order().Should().Equal(0.25, 0.5, 0.75, 1);
        FluentActions.Invoking(() => ImageFolder.Stream(folder.FullName, Options, cancellationToken: cancellation.Token)).Should().Throw<OperationCanceledException>();
    }

    [Fact]
    public void Faulty_options_of_the_stream_are_listed()
    {
        FluentActions.Invoking(() => ImageFolder.Stream(folder.FullName, new() { BatchesAhead = -1, DecodeThreads = 0 })).Should().Throw<ArgumentException>().WithMessage(string.Join(Environment.NewLine,
            "The image folder options are invalid:",
            "- BatchesAhead must be at least 0 but is -1.",
            "- DecodeThreads must be at least 1 or null but is 0."));
    }

    public void Dispose() => folder.Dispose();

    private static bool Same(Batch one, Batch other) =>
        one.Samples.equal(other.Samples).all().item<bool>() && one.Labels!.equal(other.Labels!).all().item<bool>();

    private static void CutOff(string path)
    {
        var bytes = File.ReadAllBytes(path);
        // After the header, the end of the pixels and the mark behind them.
        File.WriteAllBytes(path, bytes[..^20]);
    }

    /// <summary>Images of different colors, with classes "even" and "odd".</summary>
    private void WriteImages(int count)
    {
        for (var index = 0; index < count; index++)
        {
            using var bitmap = new SKBitmap(new SKImageInfo(8, 8, SKColorType.Rgba8888, SKAlphaType.Unpremul));
            for (var pixel = 0; pixel < 64; pixel++)
                bitmap.SetPixel(pixel % 8, pixel / 8, new SKColor((byte)(index * 6), (byte)(pixel * 4), (byte)(pixel * index)));
            using var file = File.Create(folder.File(index % 2 == 0 ? "even" : "odd", $"{index}.png"));
            bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
        }
    }

    private sealed class Progress : IProgress<double>
    {
        public System.Collections.Concurrent.ConcurrentBag<double> Values { get; } = [];

        public void Report(double value) => Values.Add(value);
    }
}
