using FluentAssertions;
using GanSharp.Networks;
using GanSharp.Networks.Latents;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Networks;

public sealed class LatentPathTests
{
    [Fact]
    public void A_quarter_of_a_circle_is_walked_in_equal_angles()
    {
        using var scope = NewDisposeScope();
        var (from, to) = (tensor(new[,] { { 2f, 0 } }), tensor(new[,] { { 0f, 4 } }));

        var points = LatentPath.Spherical(from, to, steps: 4);

        points.shape.Should().Equal(4, 2);
        points.dtype.Should().Be(ScalarType.Float32);
        for (var step = 0; step < 4; step++)
        {
            var (angle, length) = (Math.PI / 6 * step, 2 + 2 / 3.0 * step);
            points[step, 0].item<float>().Should().BeApproximately((float)(length * Math.Cos(angle)), 1e-6f);
            points[step, 1].item<float>().Should().BeApproximately((float)(length * Math.Sin(angle)), 1e-6f);
        }
    }

    [Fact]
    public void Paths_follow_each_other_and_begin_and_end_exactly_at_their_latents()
    {
        using var scope = NewDisposeScope();
        var (from, to) = (randn(3, 8), randn(3, 8));

        foreach (var points in new[] { LatentPath.Spherical(from, to, 5), LatentPath.Linear(from, to, 5) })
        {
            var paths = points.view(3, 5, 8);
            paths[TensorIndex.Colon, 0].equal(from).all().item<bool>().Should().BeTrue();
            paths[TensorIndex.Colon, 4].equal(to).all().item<bool>().Should().BeTrue();
        }
        LatentPath.Linear(from, to, 5).view(3, 5, 8).select(1, 1).allclose(from * 0.75 + to * 0.25, 1e-6).Should().BeTrue();
    }

    [Fact]
    public void Between_follows_a_sphere_where_the_prior_is_round_and_a_line_where_it_is_not()
    {
        using var scope = NewDisposeScope();
        var (from, to) = (randn(2, 6), randn(2, 6));
        bool Same(Tensor left, Tensor right) => left.equal(right).all().item<bool>();

        Same(LatentPath.Between(LatentPrior.Normal(6), from, to, 4), LatentPath.Spherical(from, to, 4)).Should().BeTrue();
        Same(LatentPath.Between(LatentPrior.Hypersphere(6), from, to, 4), LatentPath.Spherical(from, to, 4)).Should().BeTrue();
        Same(LatentPath.Between(LatentPrior.Uniform(6), from, to, 4), LatentPath.Linear(from, to, 4)).Should().BeTrue();
        LatentPath.Between(LatentPrior.Normal(1), randn(2, 1), randn(2, 1), 3).shape.Should().Equal(6, 1);
    }

    [Fact]
    public void Latents_that_do_not_fit_are_refused()
    {
        using var scope = NewDisposeScope();

        FluentActions.Invoking(() => LatentPath.Linear(zeros(2, 3), zeros(2, 4), 3)).Should().Throw<ArgumentException>().WithMessage("from and to must be floating-point*Float32 of shape [2, 3] and Float32 of shape [2, 4]*");
        FluentActions.Invoking(() => LatentPath.Linear(zeros(2, 3), zeros(2, 3, ScalarType.Float64), 3)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => LatentPath.Spherical(zeros(2, 1), zeros(2, 1), 3)).Should().Throw<ArgumentException>().WithMessage("*Use LatentPath.Linear*");
        FluentActions.Invoking(() => LatentPath.Linear(zeros(2, 3), zeros(2, 3), 1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("steps");
    }

    [Fact]
    public void Only_the_points_are_left()
    {
        var (from, to) = (randn(2, 3), randn(2, 3));
        LiveTensors.Grown(() => LatentPath.Spherical(from, to, 4).Dispose()).Should().Be(0);
    }
}
