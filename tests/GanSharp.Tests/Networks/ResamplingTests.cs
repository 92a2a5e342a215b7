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

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void A_convolution_with_its_upsampling_or_mean_in_it_equals_the_two_layers_gradients_included(int kernel)
    {
        using var scope = NewDisposeScope();
        var inputs = new[] { randn(2, 3, 4, 6, ScalarType.Float64).requires_grad_(), randn(2, 3, 4, 6, ScalarType.Float64).requires_grad_() };

        foreach (ResampledConvolution folded in new ResampledConvolution[] { new ConvMeanPool2d(3, 5, kernel), new UpsampleConv2d(3, 5, kernel, bias: false) })
        {
            folded.to(ScalarType.Float64);
            var (weight, bias) = (folded.get_parameter("weight")!, folded is ConvMeanPool2d ? folded.get_parameter("bias") : null);
            Tensor Plain(Tensor input) => folded is ConvMeanPool2d
                ? functional.avg_pool2d(functional.conv2d(input, weight, bias, padding: [kernel / 2, kernel / 2]), 2)
                : functional.conv2d(functional.interpolate(input, scale_factor: [2, 2], mode: InterpolationMode.Nearest), weight, bias, padding: [kernel / 2, kernel / 2]);
            Tensor[] Derivatives(Func<Tensor, Tensor> layer)
            {
                var slope = autograd.grad([layer(inputs[0]).pow(3).sum()], [inputs[0]], retain_graph: true, create_graph: true)[0];
                return [slope, .. autograd.grad([slope.square().sum()], [inputs[0], weight], retain_graph: true, create_graph: true)];
            }

            Difference(folded.call(inputs[1]), Plain(inputs[1])).Should().BeLessThan(1e-12);
            foreach (var (one, other) in Derivatives(folded.call).Zip(Derivatives(Plain)))
                (Difference(one, other) / other.abs().max().item<double>()).Should().BeLessThan(1e-12);
            folded.Dispose();
        }

        static double Difference(Tensor one, Tensor other) => (one - other).abs().max().item<double>();
    }

    [Fact]
    public void Odd_sides_and_even_kernels_are_refused()
    {
        using var scope = NewDisposeScope();
        using var layer = new ConvMeanPool2d(1, 1);

        ((Action)(() => layer.call(zeros(1, 1, 4, 5)))).Should().Throw<ArgumentException>().WithMessage("*even H and W but has [1, 1, 4, 5]*");
        ((Action)(() => _ = new UpsampleConv2d(1, 1, kernelSize: 2))).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*kernelSize must be odd*");
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
