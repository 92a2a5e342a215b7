using FluentAssertions;
using GanSharp.Divergences;
using GanSharp.Networks;
using GanSharp.Objectives;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Objectives;

/// <summary>Formulas of the objectives that look at a batch, at features or at classes, and their gradients.</summary>
public sealed class ObjectiveFormulaTests : IDisposable
{
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();
    private readonly Tensor real = tensor(new[] { 2, 0.5, -1.2 }).requires_grad_(true), fake = tensor(new[] { -0.25, -3, 0.7 }).requires_grad_(true);

    public void Dispose() => scope.Dispose();

    public static TheoryData<string> LogitNames => ["least squares -1 1 0", "smoothing 0.8 0.1", "average", "average least squares", "average hinge"];

    private static LogitObjective Named(string name) => name switch
    {
        "least squares -1 1 0" => new LeastSquares(-1, 1, 0),
        "smoothing 0.8 0.1" => new LabelSmoothing(0.8, 0.1),
        "average" => new RelativisticAverage(),
        "average least squares" => new RelativisticAverage(new LeastSquares(-1, 1)),
        _ => new RelativisticAverage(new Hinge()),
    };

    [Theory]
    [MemberData(nameof(LogitNames))]
    public void Gradients_are_those_of_finite_differences(string name)
    {
        var (objective, weights) = (Named(name), tensor(new[] { 1, 1.7, 0.4 }));

        FiniteDifferences.ShouldMatch(() => (objective.DiscriminatorLoss(real, fake) * weights).sum(), real, fake);
        FiniteDifferences.ShouldMatch(() => (objective.GeneratorLoss(fake, real.detach()) * weights).sum(), fake);
    }

    [Fact]
    public void Least_squares_has_three_targets_and_its_best_output_states_the_ratio()
    {
        var objective = new LeastSquares(fakeTarget: -1, realTarget: 2, generatorTarget: 0.5);
        double[] data = [0.1, 0.6, 0.3], generator = [0.5, 0.2, 0.3];
        // The minimum of p (l − b)² + q (l − a)².
        var best = tensor(data.Zip(generator, (p, q) => (2 * p - q) / (p + q)).ToArray(), requires_grad: true);

        var loss = (tensor(data) * objective.DiscriminatorLoss(best, full_like(best, -1)) + tensor(generator) * objective.DiscriminatorLoss(full_like(best, 2), best)).sum();

        autograd.grad([loss], [best])[0].abs().max().item<double>().Should().BeLessThan(1e-14);
        ShouldBe(objective.LogDensityRatio(best)!, [.. data.Zip(generator, (p, q) => Math.Log(p / q))]);
        ShouldBe(objective.DiscriminatorLoss(real, fake), [0 + 0.5625, 2.25 + 4, 10.24 + 2.89]);
        ShouldBe(objective.GeneratorLoss(fake, null), [0.5625, 12.25, 0.04]);
        new LeastSquares().GeneratorTarget.Should().Be(1);
    }

    [Fact]
    public void Smoothing_on_both_sides_keeps_the_best_probability_between_the_targets()
    {
        double[] data = [0.1, 0.6, 0.3], generator = [0.5, 0.2, 0.3];
        var objective = new LabelSmoothing(0.9, 0.2);
        var best = tensor(data.Zip(generator, (p, q) => (0.9 * p + 0.2 * q) / (p + q)).ToArray()).logit().requires_grad_(true);
        var (zero, sums) = (zeros(3, float64), (tensor(data), tensor(generator)));

        var loss = (sums.Item1 * objective.DiscriminatorLoss(best, zero) + sums.Item2 * objective.DiscriminatorLoss(zero, best)).sum();

        autograd.grad([loss], [best])[0].abs().max().item<double>().Should().BeLessThan(1e-14);
    }

    [Fact]
    public void The_relativistic_average_compares_with_the_mean_of_the_other_kind()
    {
        var objective = new RelativisticAverage();
        var (realMean, fakeMean) = (1.3 / 3, -2.55 / 3);
        static double Softplus(double x) => Math.Log(1 + Math.Exp(x));

        ShouldBe(objective.DiscriminatorLoss(real, fake), [
            Softplus(fakeMean - 2) + Softplus(-0.25 - realMean), Softplus(fakeMean - 0.5) + Softplus(-3 - realMean), Softplus(fakeMean + 1.2) + Softplus(0.7 - realMean)]);
        ShouldBe(objective.GeneratorLoss(fake, real), [
            Softplus(realMean + 0.25) + Softplus(2 - fakeMean), Softplus(realMean + 3) + Softplus(0.5 - fakeMean), Softplus(realMean - 0.7) + Softplus(-1.2 - fakeMean)]);
        objective.GeneratorNeedsReal.Should().BeTrue();
        new RelativisticAverage(new Wasserstein()).RequiresLipschitz.Should().BeTrue();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(2.5)]
    public void The_log_ratio_with_any_constant_is_not_the_best_relativistic_average_logit(double constant)
    {
        double[] data = [0.1, 0.6, 0.3], generator = [0.5, 0.2, 0.3];
        var logits = (tensor(data).log() - tensor(generator).log() + constant).requires_grad_(true);
        var (p, q) = (tensor(data), tensor(generator));
        // Expectations as sums, in the place of the means.
        var (realMean, fakeMean) = ((p * logits).sum(), (q * logits).sum());
        var loss = (p * functional.softplus(fakeMean - logits) + q * functional.softplus(logits - realMean)).sum();

        autograd.grad([loss], [logits])[0].abs().max().item<double>().Should().BeGreaterThan(0.01);
        new RelativisticAverage().Ratio.Should().Be(RatioKind.None);
        new RelativisticAverage().RatioRefusal.Should().StartWith("a logit that is compared with the mean of the other kind");
    }

    [Fact]
    public void Feature_matching_is_the_squared_distance_of_mean_features()
    {
        var (realFeatures, fakeFeatures) = (randn(3, 2, 2, dtype: float64), randn(3, 2, 2, dtype: float64).requires_grad_(true));
        using var context = new ObjectiveContext(new(real, Features: realFeatures), new(fake, Features: fakeFeatures));
        var objective = new FeatureMatching(GanObjective.Hinge);

        var losses = objective.GeneratorLoss(context)["feature matching"];

        losses.shape.Should().Equal(3);
        losses[1].item<double>().Should().BeApproximately((fakeFeatures.sum([0]) / 3 - realFeatures.sum([0]) / 3).pow(2).sum().item<double>(), 1e-14);
        FiniteDifferences.ShouldMatch(() => objective.GeneratorLoss(context)["feature matching"].mean(), fakeFeatures);
        ShouldBe(objective.DiscriminatorLoss(context)[LossTerms.Adversarial], [0 + 0.75, 0.5 + 0, 2.2 + 1.7]);
        objective.RatioRefusal.Should().Be(new Hinge().RatioRefusal, "the logit is that of the game");
        new FeatureMatching().Ratio.Should().Be(RatioKind.Exact);
    }

    [Fact]
    public void An_auxiliary_classifier_adds_the_cross_entropy_of_both_sides()
    {
        var (realClasses, fakeClasses) = (randn(3, 4, dtype: float64).requires_grad_(true), randn(3, 4, dtype: float64).requires_grad_(true));
        using var context = new ObjectiveContext(new(real, realClasses), new(fake, fakeClasses)) { RealLabels = tensor(new[] { 0L, 3, 1 }), FakeLabels = tensor(new[] { 2L, 2, 0 }) };
        var objective = new AuxiliaryClassifier(discriminatorWeight: 0.5, generatorWeight: 0.1);
        static double[] Expected(Tensor logits, params int[] labels) => [.. labels.Select((label, row) => -(logits[row, label] - logits[row].exp().sum().log()).item<double>())];

        var (ofReal, ofFake) = (Expected(realClasses, 0, 3, 1), Expected(fakeClasses, 2, 2, 0));

        ShouldBe(objective.DiscriminatorLoss(context)["classification"], [.. ofReal.Zip(ofFake, (a, b) => 0.5 * (a + b))]);
        ShouldBe(objective.GeneratorLoss(context)["classification"], [.. ofFake.Select(value => 0.1 * value)]);
        objective.DiscriminatorLoss(context)[LossTerms.Adversarial].equal(GanObjective.NonSaturating.DiscriminatorLoss(real, fake)).all().item<bool>().Should().BeTrue();
        FiniteDifferences.ShouldMatch(() => objective.DiscriminatorLoss(context).Total(), realClasses, fakeClasses, real, fake);
        FiniteDifferences.ShouldMatch(() => objective.GeneratorLoss(context).Total(), fakeClasses, fake);
    }

    [Fact]
    public void The_information_of_a_code_is_bounded_by_how_well_D_reads_it()
    {
        var (classes, codes, latents) = (randn(3, 4, dtype: float64).requires_grad_(true), randn(3, 2, dtype: float64).requires_grad_(true), randn(3, 5, dtype: float64));
        using var context = new ObjectiveContext(new(real), new(fake, classes) { Codes = codes }) { FakeLabels = tensor(new[] { 2L, 2, 0 }), Latents = latents };
        var objective = new InfoGan(categoricalWeight: 2, continuousWeight: 0.3);

        // −λ ln Q of a categorical and of a normal distribution, the latter up to its constant.
        var expected = Enumerable.Range(0, 3).Select(row =>
            2 * -(classes[row, new[] { 2, 2, 0 }[row]] - classes[row].exp().sum().log()).item<double>()
            + 0.3 * (((codes[row, 0] - latents[row, 0]).pow(2) + (codes[row, 1] - latents[row, 1]).pow(2)) / 2).item<double>()).ToArray();

        ShouldBe(objective.DiscriminatorLoss(context)["information"], expected);
        ShouldBe(objective.GeneratorLoss(context)["information"], expected);
        FiniteDifferences.ShouldMatch(() => objective.GeneratorLoss(context).Total(), classes, codes, fake);
    }

    [Fact]
    public void The_parts_of_an_output_stay_together()
    {
        var output = new DiscriminatorOutput(arange(4, float64)) { Codes = arange(8, float64).view(4, 2) };

        output.Narrow(1, 2).Codes!.data<double>().ToArray().Should().Equal(2, 3, 4, 5);
        output.Map(part => part * 2).Codes!.data<double>().ToArray()[7].Should().Be(14);
        DiscriminatorOutput.Concatenate([output, output]).Codes!.shape.Should().Equal(8, 2);
    }

    private static void ShouldBe(Tensor found, double[] expected) => (found.detach() - tensor(expected)).abs().max().item<double>().Should().BeLessThan(1e-12);
}
