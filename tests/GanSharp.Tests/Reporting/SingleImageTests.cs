using FluentAssertions;
using GanSharp.Data.Images;
using GanSharp.Reporting;
using SkiaSharp;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Reporting;

/// <summary>Images as single files, and a grid in a stream.</summary>
public sealed class SingleImageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Single_files_are_the_images_pixel_for_pixel_and_go_on_where_asked(int channels)
    {
        using var scope = NewDisposeScope();
        // Values that bytes hold exactly.
        var images = arange(5 * channels * 6 * 4).view(5, channels, 6, 4).remainder(256).to(float32) / 127.5 - 1;

        ImageGrid.SaveSingles(images[..3], folder.File("singles"));
        ImageGrid.SaveSingles(images[3..], folder.File("singles"), first: 3);

        Directory.GetFiles(folder.File("singles")).Select(Path.GetFileName).Should().BeEquivalentTo(Enumerable.Range(0, 5).Select(index => $"00000{index}.png"));
        using var read = ImageFolder.Load(folder.File("singles"), new() { Image = new ImageShape(channels, 6, 4), HeldOutFraction = 0 });
        var samples = read.Draw(0, 0, 5).Samples;
        // The order of a draw is random; each image is there once.
        for (var index = 0; index < 5; index++)
            (samples - images[index]).abs().amax([1, 2, 3]).min().item<float>().Should().BeLessThan(1e-6f);
    }

    [Fact]
    public void A_stream_gets_the_picture_that_a_file_gets_and_stays_open()
    {
        using var scope = NewDisposeScope();
        var images = linspace(-1, 1, 5).view(5, 1, 1, 1).expand(5, 1, 28, 28);
        using var stream = new MemoryStream();

        ImageGrid.Save(images, stream, columns: 3);
        ImageGrid.Save(images, folder.File("grid.png"), columns: 3);

        using var streamed = SKBitmap.Decode(stream.ToArray());
        using var saved = SKBitmap.Decode(folder.File("grid.png"));
        streamed.Pixels.Should().Equal(saved.Pixels);
        stream.CanWrite.Should().BeTrue();
    }

    [Fact]
    public void What_is_wrong_is_said_before_anything_is_written()
    {
        using var scope = NewDisposeScope();
        var nan = () => ImageGrid.SaveSingles(full([1, 1, 4, 4], float.NaN), folder.File("a"));
        var negative = () => ImageGrid.SaveSingles(zeros(1, 1, 4, 4), folder.File("a"), first: -1);

        nan.Should().Throw<ArgumentException>().WithMessage("images must be numbers but some values are NaN.*");
        negative.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("first");
        Directory.Exists(folder.File("a")).Should().BeFalse();
    }

    public void Dispose() => folder.Dispose();
}
