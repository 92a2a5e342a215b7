using FluentAssertions;
using GanSharp.Networks.Resampling;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Networks;

public sealed class ResamplingTests
{
    [Fact]
    public void Doubling_is_bilinear_interpolation_inside_the_border()
    {
        using var scope = NewDisposeScope();
        using var doubling = new BilinearUpsampling(5, 3);
        var images = randn(2, 3, 5, 3);

        var interpolated = functional.interpolate(images, scale_factor: [2, 2], mode: InterpolationMode.Bilinear, align_corners: false);

        doubling.call(images).narrow(2, 1, 8).narrow(3, 1, 4).allclose(interpolated.narrow(2, 1, 8).narrow(3, 1, 4), 1e-5, 1e-6).Should().BeTrue();
    }

    [Fact]
    public void Halving_is_the_adjoint_of_doubling_and_keeps_plain_areas()
    {
        using var scope = NewDisposeScope();
        using var doubling = new BilinearUpsampling(4, 3);
        using var halving = new BilinearDownsampling(8, 6);
        foreach (var module in new Module[] { doubling, halving })
            module.to(ScalarType.Float64);
        var (large, small) = (randn(2, 3, 8, 6, ScalarType.Float64), randn(2, 3, 4, 3, ScalarType.Float64));

        (4 * (halving.call(large) * small).sum()).item<double>().Should().BeApproximately((large * doubling.call(small)).sum().item<double>(), 1e-10);
        (halving.call(ones(1, 1, 8, 6, ScalarType.Float64)).narrow(2, 1, 2).narrow(3, 1, 1) - 1).abs().max().item<double>().Should().BeLessThan(1e-12);
    }

    [Fact]
    public void Other_sides_are_refused()
    {
        using var scope = NewDisposeScope();
        using var halving = new BilinearDownsampling(8, 6);

        halving.Invoking(layer => layer.call(zeros(1, 1, 6, 8))).Should().Throw<ArgumentException>().WithMessage("images must have shape [N, C, 8, 6] but have [1, 1, 6, 8].*");
        FluentActions.Invoking(() => new BilinearDownsampling(8, 5)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("width must be even and at least 2.*");
        FluentActions.Invoking(() => new BilinearUpsampling(0, 5)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("height");
    }
}
