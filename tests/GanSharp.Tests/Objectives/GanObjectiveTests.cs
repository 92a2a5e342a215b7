using FluentAssertions;
using GanSharp.Divergences;
using GanSharp.Objectives;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Objectives;

public sealed class GanObjectiveTests
{
    public static TheoryData<string> Names => ["Minimax", "NonSaturating", "RelativisticPaired", "LeastSquares", "Hinge", "Wasserstein", "LabelSmoothing"];

    private static LogitObjective Named(string name) => name switch
    {
        "Minimax" => GanObjective.Minimax,
        "NonSaturating" => GanObjective.NonSaturating,
        "LeastSquares" => GanObjective.LeastSquares,
        "Hinge" => GanObjective.Hinge,
        "Wasserstein" => GanObjective.Wasserstein,
        "LabelSmoothing" => new LabelSmoothing(),
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
        GanObjective.LeastSquares.Ratio.Should().Be(RatioKind.Exact);
        new Unclaimed().Ratio.Should().Be(RatioKind.None, "an objective must claim a ratio to have one");
        new Unclaimed().LogDensityRatio(zeros(1)).Should().BeNull();
    }

    [Theory]
    [InlineData("Hinge", "a hinge score says which density is larger, not by how much")]
    [InlineData("Wasserstein", "a Wasserstein critic's score has no zero and no scale that relate to ln p_d/p_g")]
    [InlineData("LabelSmoothing", "with smoothed labels the optimal logit is no longer ln p_d/p_g")]
    public void An_objective_without_a_ratio_says_why(string name, string reason)
    {
        Named(name).Ratio.Should().Be(RatioKind.None);
        Named(name).RatioRefusal.Should().Be(reason);
        Named("Minimax").RatioRefusal.Should().BeNull();
    }

    [Fact]
    public void The_output_of_least_squares_is_a_probability_whose_log_odds_are_the_ratio()
    {
        using var scope = NewDisposeScope();

        var ratios = GanObjective.LeastSquares.LogDensityRatio(tensor(new[] { 0.5f, 0.8f, -3, 7 }))!.data<double>().ToArray();

        ratios[0].Should().BeApproximately(0, 1e-6);
        ratios[1].Should().BeApproximately(Math.Log(4), 1e-6);
        ratios[2].Should().BeApproximately(-ratios[3], 1e-9, "outputs beyond 0 and 1 are clamped alike");
        ratios[3].Should().BeApproximately(Math.Log(9999), 1e-6);
    }

    [Fact]
    public void Each_loss_is_what_its_paper_says()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = (tensor(new[] { 2f, 0.5f }), tensor(new[] { -0.25f, -3f }));
        void Check(LogitObjective objective, double[] discriminator, double[] generator)
        {
            MaximumDifference(objective.DiscriminatorLoss(real, fake), tensor(discriminator)).Should().BeLessThan(1e-6);
            MaximumDifference(objective.GeneratorLoss(fake, null), tensor(generator)).Should().BeLessThan(1e-6);
        }

        Check(GanObjective.LeastSquares, [1 + 0.0625, 0.25 + 9], [1.5625, 16]);
        Check(GanObjective.Hinge, [0 + 0.75, 0.5 + 0], [0.25, 3]);
        Check(GanObjective.Wasserstein, [-2.25, -3.5], [0.25, 3]);
        double Softplus(double x) => Math.Log(1 + Math.Exp(x));
        Check(new LabelSmoothing(0.9), [0.9 * Softplus(-2) + 0.1 * Softplus(2) + Softplus(-0.25), 0.9 * Softplus(-0.5) + 0.1 * Softplus(0.5) + Softplus(-3)],
            [Softplus(0.25), Softplus(3)]);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_smoothed_target_lies_between_a_half_and_one(double target)
    {
        var make = () => new LabelSmoothing(target);

        make.Should().Throw<ArgumentOutOfRangeException>().WithMessage("realTarget must lie between 0.5 and 1*");
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

    private sealed class Unclaimed : LogitObjective
    {
        public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => (real - 1).square() + fake.square();

        public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => (fake - 1).square();
    }
}
