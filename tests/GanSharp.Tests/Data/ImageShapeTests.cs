using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Data;

public sealed class ImageShapeTests
{
    [Fact]
    public void The_shape_of_a_data_set_is_that_of_its_images()
    {
        using var samples = zeros(5, 3, 8, 12);
        using var images = new InMemoryDataset(samples);

        ImageShape.Of(images).Should().Be(new ImageShape(Channels: 3, Height: 8, Width: 12));
    }

    [Fact]
    public void Data_that_are_no_images_are_named_with_their_shape()
    {
        using var points = Mixtures.Ring();

        FluentActions.Invoking(() => ImageShape.Of(points)).Should().Throw<ArgumentException>()
            .WithParameterName("images")
            .Which.Message.Should().StartWith($"images must hold samples of shape [channels, height, width] but '{points.Name}' has samples of shape [2].");
    }
}
