using FluentAssertions;
using GanSharp.Networks.Normalization;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Networks.Normalization;

public sealed class MaximumNormTests
{
    [Fact]
    public void Weights_beyond_the_limit_are_scaled_down_to_it_and_others_are_left_alone()
    {
        using var scope = NewDisposeScope();
        using var layer = Layer(limit: 2);

        // Norms 5 and 1: the first unit counts as (3, 4) · 2/5.
        layer.call(tensor(new[,] { { 1.0, 2 } })).data<double>().ToArray().Should().Equal((3 + 8) * 0.4 + 10, 0.6 + 1.6 + 20);
    }

    [Fact]
    public void The_gradient_has_no_part_along_weights_beyond_the_limit()
    {
        using var scope = NewDisposeScope();
        using var layer = Layer(limit: 2);

        layer.call(tensor(new[,] { { 1.0, 2 } })).sum().backward();

        var gradient = layer.get_parameter("weight")!.grad!;
        (gradient[0] * tensor(new[] { 3.0, 4 })).sum().item<double>().Should().BeApproximately(0, 1e-12);
        gradient[0].norm().item<double>().Should().BePositive();
        gradient[1].data<double>().ToArray().Should().Equal(1, 2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_limit_that_is_none_is_refused(double limit)
    {
        using var layer = Linear(2, 2);

        FluentActions.Invoking(() => new MaximumNorm(layer, limit)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("limit must be finite and above 0.*");
    }

    private static MaximumNorm Layer(double limit)
    {
        var plain = Linear(2, 2, dtype: ScalarType.Float64);
        using (no_grad())
        {
            plain.weight!.copy_(tensor(new[,] { { 3.0, 4 }, { 0.6, 0.8 } }));
            plain.bias!.copy_(tensor(new[] { 10.0, 20 }));
        }
        return new MaximumNorm(plain, limit);
    }
}
