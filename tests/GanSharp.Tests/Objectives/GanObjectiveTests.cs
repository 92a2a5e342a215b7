using FluentAssertions;
using GanSharp.Objectives;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Objectives;

public sealed class GanObjectiveTests
{
    public static TheoryData<string> Names => ["Minimax", "NonSaturating", "RelativisticPaired"];

    private static GanObjective Named(string name) => name switch
    {
        "Minimax" => GanObjective.Minimax,
        "NonSaturating" => GanObjective.NonSaturating,
        _ => GanObjective.RelativisticPaired,
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Losses_and_gradients_are_finite_for_logits_of_ten_thousand(string name)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = (Leaf(-1e4f, -1e4f, 0, 1e4f, 1e4f), Leaf(-1e4f, 1e4f, 0, -1e4f, 1e4f));
        var objective = Named(name);

        var discriminatorLoss = objective.DiscriminatorLoss(real, fake);
        var generatorLoss = objective.GeneratorLoss(fake, real);
        (discriminatorLoss.sum() + generatorLoss.sum()).backward();

        foreach (var tensor in new[] { discriminatorLoss, generatorLoss, real.grad, fake.grad })
            tensor!.isfinite().all().item<bool>().Should().BeTrue();
        discriminatorLoss.shape.Should().Equal(5);
        generatorLoss.shape.Should().Equal(5);
    }

    [Fact]
    public void Minimax_discriminator_loss_is_minus_the_value_of_equation_20()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = (tensor(new[] { -3f, 0f, 2f }), tensor(new[] { 1f, 0f, -4f }));

        var loss = GanObjective.Minimax.DiscriminatorLoss(real, fake);

        var expected = -(real.to(float64).sigmoid().log() + (1 - fake.to(float64).sigmoid()).log());
        MaximumDifference(loss, expected).Should().BeLessThan(1e-6);
    }

    [Fact]
    public void Minimax_generator_loss_is_equation_21_with_gradient_minus_D()
    {
        using var scope = NewDisposeScope();
        var fake = Leaf(-1e4f, -5, 0, 5, 1e4f);

        var loss = GanObjective.Minimax.GeneratorLoss(fake, null);
        loss.sum().backward();

        MaximumDifference(loss, tensor(new[] { 0, -Math.Log(1 + Math.Exp(-5)), -Math.Log(2), -Math.Log(1 + Math.Exp(5)), -1e4 })).Should().BeLessThan(1e-6);
        MaximumDifference(fake.grad!, -fake.detach().sigmoid()).Should().BeLessThan(1e-7);
    }

    [Fact]
    public void Non_saturating_gradient_is_minus_one_where_the_discriminator_is_sure()
    {
        using var scope = NewDisposeScope();
        var fake = Leaf(-1e4f, -5, 0, 5, 1e4f);

        GanObjective.NonSaturating.GeneratorLoss(fake, null).sum().backward();

        MaximumDifference(fake.grad!, fake.detach().sigmoid() - 1).Should().BeLessThan(1e-7);
    }

    [Theory]
    [InlineData(200f)]
    [InlineData(1e4f)]
    public void Gradients_of_the_discriminator_are_right_at_both_ends(float magnitude)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = (Leaf(-magnitude, magnitude), Leaf(-magnitude, magnitude));

        GanObjective.Minimax.DiscriminatorLoss(real, fake).sum().backward();

        real.grad!.data<float>().ToArray().Should().Equal(-1, 0);
        fake.grad!.data<float>().ToArray().Should().Equal(0, 1);
    }

    [Fact]
    public void Relativistic_losses_ignore_a_constant_added_to_every_logit()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = (tensor(new[] { 1.5f, -2f }), tensor(new[] { 0.25f, 3f }));
        var objective = GanObjective.RelativisticPaired;

        MaximumDifference(objective.DiscriminatorLoss(real, fake), objective.DiscriminatorLoss(real + 8, fake + 8)).Should().BeLessThan(1e-6);
        MaximumDifference(objective.GeneratorLoss(fake, real), objective.GeneratorLoss(fake + 8, real + 8)).Should().BeLessThan(1e-6);
    }

    [Fact]
    public void Each_objective_says_what_its_logit_means()
    {
        GanObjective.Minimax.Ratio.Should().Be(RatioKind.Exact);
        GanObjective.NonSaturating.Ratio.Should().Be(RatioKind.Exact);
        GanObjective.RelativisticPaired.Ratio.Should().Be(RatioKind.UpToConstant);
        new LeastSquares().Ratio.Should().Be(RatioKind.None, "an objective must claim a ratio to have one");
        new LeastSquares().LogDensityRatio(zeros(1)).Should().BeNull();
    }

    [Fact]
    public void Relativistic_generator_loss_asks_for_the_real_logits_it_needs()
    {
        var withoutReal = () => GanObjective.RelativisticPaired.GeneratorLoss(zeros(1), null);

        GanObjective.RelativisticPaired.GeneratorNeedsReal.Should().BeTrue();
        withoutReal.Should().Throw<ArgumentNullException>().WithParameterName("real");
    }

    private static Tensor Leaf(params float[] values) => tensor(values, requires_grad: true);

    private static double MaximumDifference(Tensor left, Tensor right) =>
        (left.detach().to(float64) - right.detach().to(float64)).abs().max().item<double>();

    private sealed class LeastSquares : GanObjective
    {
        public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => (real - 1).square() + fake.square();

        public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => (fake - 1).square();
    }
}
