using System.Buffers.Binary;
using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Tests.Fuzzing;
using SkiaSharp;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Data;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(1, "a.png")]
    [InlineData(3, "a.PNG")]
    [InlineData(4, "a.png")]
    [InlineData(3, "a.jpeg")]
    public void An_image_becomes_a_tensor_of_the_wanted_channels(int channels, string name)
    {
        using var scope = NewDisposeScope();
        Write(name, 8, 8, (_, _) => new SKColor(200, 100, 50));

        using var data = Load(new ImageShape(channels, 4, 8));
        var pixel = Pixels(data)[0, .., 1, 1].data<float>().ToArray();

        data.SampleShape.Should().Equal(channels, 4, 8);
        double[] expected = channels == 1 ? [0.299 * 200 + 0.587 * 100 + 0.114 * 50] : [200, 100, 50, 255];
        pixel.Zip(expected, (found, wanted) => Math.Abs(found - wanted)).Max().Should().BeLessThanOrEqualTo(name.EndsWith("png", StringComparison.OrdinalIgnoreCase) ? 0.51 : 3);
    }

    [Fact]
    public void A_wide_image_is_scaled_to_cover_and_cropped_in_the_middle()
    {
        using var scope = NewDisposeScope();
        // Thirds of red, green and blue: the middle square is green.
        Write("wide.png", 48, 16, (x, _) => x < 16 ? SKColors.Red : x < 32 ? SKColors.Lime : SKColors.Blue);

        using var data = Load(new ImageShape(3, 8, 8));
        var image = Pixels(data)[0];

        image[1].mean().item<float>().Should().BeGreaterThan(240);
        image[0, .., 2..6].max().item<float>().Should().Be(0);
    }

    [Fact]
    public void A_reduction_averages_what_it_leaves_out()
    {
        using var scope = NewDisposeScope();
        Write("checks.png", 64, 64, (x, y) => (x + y) % 2 == 0 ? SKColors.White : SKColors.Black);

        using var data = Load(new ImageShape(1, 8, 8));

        (Pixels(data) - 127.5).abs().max().item<float>().Should().BeLessThan(2);
    }

    [Fact]
    public void Transparent_parts_become_white_in_color_and_stay_transparent_with_alpha()
    {
        using var scope = NewDisposeScope();
        Write("clear.png", 4, 4, (_, _) => SKColors.Transparent);

        using (var color = Load(new ImageShape(3, 4, 4)))
            Pixels(color).min().item<float>().Should().Be(255);
        using var alpha = Load(new ImageShape(4, 4, 4));
        Pixels(alpha)[0, 3].max().item<float>().Should().Be(0);
    }

    [Fact]
    public void Subfolders_are_the_classes_in_order()
    {
        using var scope = NewDisposeScope();
        foreach (var (name, gray) in new[] { ("cat", 10), ("ant", 20), ("bee", 30) })
            for (var index = 0; index < 4; index++)
                Write($"{name}/{index}.png", 4, 4, (_, _) => new SKColor((byte)gray, (byte)gray, (byte)gray));

        using var data = ImageFolder.Load(folder.FullName, new() { Image = new(1, 4, 4), HeldOutFraction = 0.25 });
        var batch = data.Draw(0, 0, 9);

        data.ClassNames.Should().Equal("ant", "bee", "cat");
        (data.Count, data.HeldOut!.Count).Should().Be((9, 3));
        var grays = batch.Samples[.., 0, 0, 0].add(1).mul(127.5).round();
        var expected = tensor(new[] { 20f, 30f, 10f }).index_select(0, batch.Labels!);
        grays.equal(expected).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void The_split_is_the_same_every_time_and_no_image_is_on_both_sides()
    {
        using var scope = NewDisposeScope();
        for (var index = 0; index < 20; index++)
            Write($"{index}.png", 4, 4, (_, _) => new SKColor((byte)(index * 10), 0, 0));

        using var first = Load(new ImageShape(3, 4, 4), heldOut: 0.3);
        using var second = Load(new ImageShape(3, 4, 4), heldOut: 0.3);
        float[] Reds(Dataset data) => [.. data.Draw(0, 0, (int)data.Count!).Samples[.., 0, 0, 0].data<float>().Order()];

        Reds(first.HeldOut!).Should().Equal(Reds(second.HeldOut!));
        Reds(first).Concat(Reds(first.HeldOut!)).Should().OnlyHaveUniqueItems().And.HaveCount(20);
    }

    [Fact]
    public void A_corrupt_file_among_good_ones_is_named_and_refused()
    {
        for (var index = 0; index < 5; index++)
            Write($"good{index}.png", 16, 16, (x, y) => new SKColor((byte)(x * y), (byte)x, (byte)y));
        var bytes = File.ReadAllBytes(folder.File("good0.png"));
        File.WriteAllBytes(folder.File("half.png"), bytes[..(bytes.Length / 2)]);
        File.WriteAllText(folder.File("text.jpg"), "no image");
        var load = () => Load(new ImageShape(3, 4, 4));

        load.Should().Throw<InvalidDatasetException>().WithMessage(
            $"2 of the 7 images in '{folder.FullName}' can't be decoded:*- *half.png: the file is cut off*- *text.jpg: not an image that can be read*Repair or remove them, or set CorruptImages to Skip.");
    }

    [Fact]
    public void A_corrupt_file_is_skipped_and_named_where_the_option_says_so()
    {
        using var scope = NewDisposeScope();
        for (var index = 0; index < 5; index++)
            Write($"{index}.png", 4, 4, (_, _) => new SKColor((byte)(100 + index), 0, 0));
        File.WriteAllBytes(folder.File("2.png"), []);

        using var data = ImageFolder.Load(folder.FullName, new() { Image = new(3, 4, 4), CorruptImages = CorruptImagePolicy.Skip, HeldOutFraction = 0 });

        data.Count.Should().Be(4);
        data.HeldOut.Should().BeNull();
        data.Skipped.Should().ContainSingle().Which.Should().StartWith(folder.File("2.png"));
        Pixels(data).round()[.., 0, 0, 0].data<float>().Order().Should().Equal(100, 101, 103, 104);
    }

    [Fact]
    public void An_empty_or_missing_folder_is_named()
    {
        File.WriteAllText(folder.File("notes.txt"), "no image");
        var empty = () => Load(new ImageShape(3, 4, 4));
        var missing = () => ImageFolder.Load(folder.FullName + "-not-there");

        empty.Should().Throw<InvalidDatasetException>().WithMessage($"'{folder.FullName}' must hold images (.png, .jpg, .jpeg, .webp, .bmp, .gif) but it and its subfolders have none.");
        missing.Should().Throw<DirectoryNotFoundException>();
    }

    [Fact]
    public void A_small_file_that_announces_a_vast_image_is_refused_before_it_is_decoded()
    {
        Write("small.png", 8, 8, (_, _) => SKColors.Red);
        Write("vast.png", 8, 8, (_, _) => SKColors.Red);
        var path = folder.File("vast.png");
        var bytes = File.ReadAllBytes(path);
        // The width and the height of a PNG and, because they are checked, the checksum of their chunk.
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), 1 << 15);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), 1 << 15);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(29), PngChecksum.Compute(bytes.AsSpan(12, 17)));
        File.WriteAllBytes(path, bytes);
        var load = () => Load(new ImageShape(3, 4, 4));
        var strict = () => ImageFolder.Load(folder.FullName, new() { LargestImagePixels = 63 });

        load.Should().Throw<InvalidDatasetException>().WithMessage($"1 of the 2 images*- {path}: must have at most 67,108,864 pixels (LargestImagePixels) but has 32,768 × 32,768*");
        strict.Should().Throw<InvalidDatasetException>().WithMessage($"2 of the 2 images*small.png: must have at most 63 pixels (LargestImagePixels) but has 8 × 8*");
    }

    [Fact]
    public void A_format_that_no_option_names_is_refused_whatever_the_file_is_called()
    {
        Write("good.png", 4, 4, (_, _) => SKColors.Red);
        // An icon of 1 × 1 pixels, as a bitmap without its file header.
        byte[] icon = [0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 32, 0, 48, 0, 0, 0, 22, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 32, .. new byte[25], 255, 0, 0, 255, 0, 0, 0, 0];
        File.WriteAllBytes(folder.File("icon.png"), icon);
        var load = () => Load(new ImageShape(3, 4, 4));

        load.Should().Throw<InvalidDatasetException>().WithMessage("*icon.png: must be PNG, JPEG, WebP, BMP or GIF but is Ico*");
    }

    [Fact]
    public void Links_to_folders_and_files_are_followed()
    {
        using var scope = NewDisposeScope();
        Write("elsewhere/a.png", 4, 4, (_, _) => SKColors.Red);
        Write("data/dog/b.png", 4, 4, (_, _) => SKColors.Red);
        Directory.CreateSymbolicLink(folder.File("data", "cat"), "../elsewhere");
        File.CreateSymbolicLink(folder.File("data", "dog", "c.png"), folder.File("elsewhere", "a.png"));

        using var data = ImageFolder.Load(folder.File("data"), new() { Image = new(3, 4, 4), HeldOutFraction = 0 });

        data.Count.Should().Be(3);
        data.ClassNames.Should().Equal("cat", "dog");
    }

    [Theory]
    [InlineData("cat/loop", "..")]
    [InlineData("cat/loop", ".")]
    [InlineData("twin", "cat")]
    [InlineData("twin", "cat/../cat/.")]
    public void A_link_that_leads_to_a_folder_twice_is_named(string link, string target)
    {
        Write("cat/a.png", 4, 4, (_, _) => SKColors.Red);
        Directory.CreateSymbolicLink(folder.File(link.Split('/')), target);
        var load = () => Load(new ImageShape(3, 4, 4));

        load.Should().Throw<InvalidDatasetException>().WithMessage("'*' and '*' must be different folders but a link makes them the same. Remove the link.")
            .Which.Message.Should().Contain(Path.Combine(folder.FullName, link));
    }

    [Fact]
    public void A_link_in_the_path_of_the_folder_itself_doesn_t_hide_a_circle()
    {
        Write("real/cat/a.png", 4, 4, (_, _) => SKColors.Red);
        Directory.CreateSymbolicLink(folder.File("alias"), "real");
        Directory.CreateSymbolicLink(folder.File("real", "cat", "loop"), folder.File("real"));
        var load = () => ImageFolder.Load(folder.File("alias"));

        load.Should().Throw<InvalidDatasetException>().WithMessage($"'{folder.File("alias", "cat", "loop")}' and '{folder.File("alias")}' must be different folders*");
    }

    [Fact]
    public void Faulty_options_are_listed_together()
    {
        var load = () => ImageFolder.Load(folder.FullName, new() { Image = new(2, 0, 4), HeldOutFraction = 1, CorruptImages = (CorruptImagePolicy)9, LargestImagePixels = 0 });

        load.Should().Throw<ArgumentException>().WithMessage(string.Join(Environment.NewLine,
            "The image folder options are invalid:",
            "- Image must have 1, 3 or 4 channels but has 2.",
            "- Image must be at least 1 × 1 pixels but is 0 × 4.",
            "- CorruptImages must be Refuse or Skip but is 9.",
            "- LargestImagePixels must be at least 1 but is 0.",
            "- HeldOutFraction must be at least 0 and below 1 but is 1."));
    }

    [Theory]
    [InlineData(SKEncodedOrigin.TopLeft)]
    [InlineData(SKEncodedOrigin.TopRight)]
    [InlineData(SKEncodedOrigin.BottomRight)]
    [InlineData(SKEncodedOrigin.BottomLeft)]
    [InlineData(SKEncodedOrigin.LeftTop)]
    [InlineData(SKEncodedOrigin.RightTop)]
    [InlineData(SKEncodedOrigin.RightBottom)]
    [InlineData(SKEncodedOrigin.LeftBottom)]
    public void A_photo_taken_sideways_stands_upright(SKEncodedOrigin origin)
    {
        using var scope = NewDisposeScope();
        // Upright: 32 wide, 16 high, red left half, and blue in its bottom quarter rows. Stored as the camera held sideways stores it.
        SKColor Upright(int x, int y) => y >= 8 ? SKColors.Blue : x < 16 ? SKColors.Red : SKColors.Lime;
        var lies = origin >= SKEncodedOrigin.LeftTop;
        var (width, height) = lies ? (16, 32) : (32, 16);
        SKColor Stored(int x, int y) => origin switch
        {
            SKEncodedOrigin.TopRight => Upright(31 - x, y),
            SKEncodedOrigin.BottomRight => Upright(31 - x, 15 - y),
            SKEncodedOrigin.BottomLeft => Upright(x, 15 - y),
            SKEncodedOrigin.LeftTop => Upright(y, x),
            SKEncodedOrigin.RightTop => Upright(31 - y, x),
            SKEncodedOrigin.RightBottom => Upright(31 - y, 15 - x),
            SKEncodedOrigin.LeftBottom => Upright(y, 15 - x),
            _ => Upright(x, y),
        };
        Write("photo.jpg", width, height, Stored);
        var path = folder.File("photo.jpg");
        File.WriteAllBytes(path, WithOrientation(File.ReadAllBytes(path), (byte)origin));

        using var data = Load(new ImageShape(3, 16, 32));
        var image = Pixels(data)[0];

        string Dominant(int y, int x) => "RGB"[(int)image[.., y, x].argmax().item<long>()].ToString();
        (Dominant(3, 4) + Dominant(3, 28) + Dominant(13, 4) + Dominant(13, 28)).Should().Be("RGBB");
    }

    public void Dispose() => folder.Dispose();

    private ImageFolder Load(ImageShape image, double heldOut = 0) => ImageFolder.Load(folder.FullName, new() { Image = image, HeldOutFraction = heldOut });

    private static Tensor Pixels(Dataset data) => data.Draw(0, 0, (int)data.Count!).Samples.add(1).mul(127.5);

    private void Write(string name, int width, int height, Func<int, int, SKColor> color)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                bitmap.SetPixel(x, y, color(x, y));
        using var file = File.Create(folder.File(name.Split('/')));
        bitmap.Encode(file, name.EndsWith("png", StringComparison.OrdinalIgnoreCase) ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg, 100);
    }

    /// <summary>Inserts an APP1 segment with the EXIF tag Orientation after the start of a JPEG file.</summary>
    private static byte[] WithOrientation(byte[] jpeg, byte orientation) =>
    [
        .. jpeg[..2],
        0xff, 0xe1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
        .. jpeg[2..],
    ];
}
