using FluentAssertions;
using GanSharp.Augmentations;
using GanSharp.Networks;
using GanSharp.Penalties;
using GanSharp.Penalties.Consistency;
using GanSharp.Penalties.Lipschitz;
using GanSharp.Penalties.Weights;
using GanSharp.Schedules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Penalties;

/// <summary>Each penalty's value against its formula, worked out another way.</summary>
public sealed class PenaltyFormulaTests : IDisposable
{
    private readonly SmallNetworks networks = new();

    public void Dispose() => networks.Dispose();

    [Fact]
    public void Slopes_are_taken_at_points_between_pairs_with_one_share_for_each()
    {
        using var quadratic = new SumOfSquares();
        var fake = randn(5, 1, 2, 2, dtype: float64);
        double[] Values(DiscriminatorPenalty penalty)
        {
            using var pass = networks.DiscriminatorPass(discriminator: quadratic, fake: fake);
            return penalty.Evaluate(pass).data<double>().ToArray();
        }
        using var random = new Generator(9);
        var share = rand(5, 1, 1, 1, dtype: float64, generator: random);
        var slopes = (2 * (share * networks.Real + (1 - share) * fake)).flatten(1).norm(1).data<double>().ToArray();

        Close(Values(new WassersteinGradientPenalty(10)), slopes.Select(slope => 10 * Math.Pow(slope - 1, 2)));
        Close(Values(new WassersteinLipschitzPenalty(10)), slopes.Select(slope => 10 * Math.Pow(Math.Max(0, slope - 1), 2)));
        Close(Values(new MaximumGradientPenalty(0.5)), slopes.Select(_ => 0.5 * slopes.Max() * slopes.Max()));
    }

    [Fact]
    public void DRAGAN_looks_around_real_samples()
    {
        using var quadratic = new SumOfSquares();
        using var pass = networks.DiscriminatorPass(discriminator: quadratic);
        using var random = new Generator(9);
        var real = networks.Real;
        var deviation = (real - real.mean()).square().mean().sqrt();
        var noise = 0.25 * deviation * rand(5, 1, 2, 2, dtype: float64, generator: random);
        var slopes = (2 * (real + rand(5, 1, 1, 1, dtype: float64, generator: random) * noise)).flatten(1).norm(1);

        Close(new Dragan(3, spread: 0.25).Evaluate(pass).data<double>().ToArray(), (3 * (slopes - 1).square()).data<double>().ToArray());
    }

    [Fact]
    public void A_slope_of_zero_has_a_gradient_of_zero_and_not_NaN()
    {
        using var flat = new FlatDiscriminator();
        using var pass = networks.DiscriminatorPass(discriminator: flat);

        var penalty = new WassersteinGradientPenalty(10).Evaluate(pass);
        penalty.mean().backward();

        penalty.data<double>().ToArray().Should().OnlyContain(value => value == 10);
        flat.parameters().Single().grad!.data<double>().ToArray().Should().OnlyContain(value => value == 0);
    }

    [Fact]
    public void A_slope_belongs_to_all_samples_that_a_logit_judges_together()
    {
        using var packed = new PackedSumOfSquares();
        networks.Real = randn(6, 2, dtype: float64);
        using var pass = networks.DiscriminatorPass(discriminator: packed, fake: networks.Real);

        // Real and generated samples are the same, and so are the points between them.
        Close(new WassersteinGradientPenalty(1).Evaluate(pass).data<double>().ToArray(),
            (2 * networks.Real.view(3, 4).norm(1) - 1).square().data<double>().ToArray());
    }

    [Fact]
    public void Points_between_packs_lie_between_packs_and_not_between_their_samples()
    {
        using var packed = new PackedSumOfSquares();
        networks.Real = ones(6, 2, dtype: float64);
        using var pass = networks.DiscriminatorPass(discriminator: packed, fake: zeros(6, 2, dtype: float64));

        // The point of pack j is ε_j in all of its four values, so the slope is 4 ε_j.
        using var random = new Generator(9);
        var shares = rand([3, 1], float64, generator: random).squeeze(1);
        Close(new WassersteinGradientPenalty(1).Evaluate(pass).data<double>().ToArray(), (4 * shares - 1).square().data<double>().ToArray());
    }

    [Fact]
    public void Consistency_compares_what_D_says_of_a_sample_and_of_its_changed_copy()
    {
        using var quadratic = new SumOfSquares();
        var fake = randn(5, 1, 2, 2, dtype: float64);
        double[] Values(DiscriminatorPenalty penalty)
        {
            using var pass = networks.DiscriminatorPass(discriminator: quadratic, fake: fake);
            return penalty.Evaluate(pass).data<double>().ToArray();
        }
        // Twice as large: a logit of four times as much.
        double[] Differences(Tensor samples) => (3 * samples.square().flatten(1).sum(1)).square().data<double>().ToArray();

        Close(Values(new ConsistencyRegularization(new Doubling(), 10)), Differences(networks.Real).Select(value => 10 * value));
        Close(Values(new BalancedConsistencyRegularization(new Doubling(), 10, 7)), Differences(networks.Real).Zip(Differences(fake), (real, generated) => 10 * real + 7 * generated));
    }

    [Fact]
    public void Latent_consistency_moves_the_latents_for_D_and_for_G()
    {
        using var random = new Generator(9);
        using var pass = networks.DiscriminatorPass();
        using var ofGenerator = networks.GeneratorPass();
        var moved = networks.Generator.call(networks.Latents + 0.2 * randn(5, 2, dtype: float64, generator: random), null);
        var samples = networks.Generator.call(networks.Latents, null);
        var difference = networks.Discriminator.call(samples, null).Logits - networks.Discriminator.call(moved, null).Logits;

        var penalty = new LatentConsistency(5, 0.2).Evaluate(pass);
        penalty.sum().backward();

        Close(penalty.data<double>().ToArray(), (5 * difference.square()).data<double>().ToArray());
        networks.Generator.parameters().Select(parameter => parameter.grad).Count(gradient => gradient is { IsInvalid: false }).Should().Be(0, "it isn't G's turn");
        Close(new LatentDiversity(0.5, 0.2).Evaluate(ofGenerator).data<double>().ToArray(), (-0.5 * (samples - moved).square().flatten(1).mean([1])).data<double>().ToArray());
    }

    [Fact]
    public void Latent_consistency_augments_both_samples_of_a_pair_alike()
    {
        var judged = networks.Discriminator.call(2 * networks.Generator.call(networks.Latents, null), null);
        using var pass = new DiscriminatorPass(networks.Discriminator, new(networks.Real, judged, null), new(networks.Real, judged, null), 0)
        {
            Generator = networks.Generator,
            Latents = networks.Latents,
            AugmentFake = samples => 2 * samples,
        };

        // Not moved at all, so D says the same twice.
        new LatentConsistency(5, 1e-12).Evaluate(pass).abs().max().item<double>().Should().BeLessThan(1e-18);
    }

    [Fact]
    public void Latent_consistency_without_a_generator_names_what_is_missing()
    {
        var judged = new JudgedSamples(networks.Real, networks.Discriminator.call(networks.Real, null), null);
        using var pass = new DiscriminatorPass(networks.Discriminator, judged, judged, 0);

        FluentActions.Invoking(() => new LatentConsistency(5).Evaluate(pass)).Should().Throw<InvalidOperationException>().WithMessage("*set Generator and Latents of the DiscriminatorPass, as a trainer does.");
    }

    [Fact]
    public void LeCam_pulls_each_side_to_the_moving_average_of_the_other()
    {
        var penalty = new LeCam(0.3, decay: 0.9);
        var (real, fake) = (0.0, 0.0);
        for (var step = 0; step < 3; step++)
        {
            using var pass = networks.DiscriminatorPass();
            var (realLogits, fakeLogits) = (pass.Real.Logits.data<double>().ToArray(), pass.Fake.Logits.data<double>().ToArray());
            (real, fake) = step == 0 ? (realLogits.Average(), fakeLogits.Average()) : (0.9 * real + 0.1 * realLogits.Average(), 0.9 * fake + 0.1 * fakeLogits.Average());

            Close(penalty.Evaluate(pass).data<double>().ToArray(), realLogits.Zip(fakeLogits, (r, f) => 0.3 * (Math.Pow(r - fake, 2) + Math.Pow(f - real, 2))));
            networks.Real = networks.Real + 1;
        }
        penalty.State.Should().HaveCount(4);
        penalty.State[0].Value.item<double>().Should().BeApproximately(real, 1e-12);
    }

    [Fact]
    public void Path_lengths_of_a_linear_generator_are_those_of_its_matrix()
    {
        using var linear = new LinearImages();
        var latents = randn(4, 2, dtype: float64).requires_grad_(true);
        using var pass = new GeneratorPass(linear, latents, linear.call(latents, null), zeros(4), null, 0, () => new Generator(9));
        using var random = new Generator(9);
        // ∂(G(z) · y)/∂z = Aᵀ y, with y over the root of the four pixels.
        var lengths = (randn(4, 1, 2, 2, dtype: float64, generator: random).flatten(1) / 2).matmul(linear.Matrix.detach()).norm(1);
        var penalty = new PathLength(2, decay: 0.99);

        var values = penalty.Evaluate(pass);

        var mean = 0.01 * lengths.mean().item<double>();
        Close(values.data<double>().ToArray(), (2 * (lengths - mean).square()).data<double>().ToArray());
        penalty.State[0].Value.item<double>().Should().BeApproximately(mean, 1e-14);
        penalty.NeedsLatentGradient.Should().BeTrue();
    }

    [Fact]
    public void Mode_seeking_is_one_over_the_distance_of_samples_per_distance_of_latents()
    {
        using var linear = new LinearImages();
        var latents = randn(4, 2, dtype: float64);
        using var pass = new GeneratorPass(linear, latents, linear.call(latents, null), zeros(4), null, 0, () => new Generator(9));
        using var random = new Generator(9);
        var difference = latents - linear.Prior.Sample(4, random).to(float64);
        var ratio = difference.matmul(linear.Matrix.detach().t()).abs().mean() / difference.abs().mean();

        Close(new ModeSeeking(3).Evaluate(pass).data<double>().ToArray(), Enumerable.Repeat(3 / (ratio.item<double>() + 1e-5), 4));
    }

    [Fact]
    public void Orthogonality_is_of_filters_with_or_without_their_lengths()
    {
        using var linear = new LinearImages();
        using var pass = new GeneratorPass(linear, zeros(3, 2, float64), zeros(3, 1, float64), zeros(3), null, 0);
        var rows = Enumerable.Range(0, 4).Select(row => linear.Matrix[row].data<double>().ToArray()).ToArray();
        double Sum(bool withDiagonal) => Enumerable.Range(0, 4).SelectMany(i => Enumerable.Range(0, 4).Select(j => (i, j))).Where(pair => withDiagonal || pair.i != pair.j)
            .Sum(pair => Math.Pow(rows[pair.i].Zip(rows[pair.j], (a, b) => a * b).Sum() - (pair.i == pair.j ? 1 : 0), 2));

        Close(new GeneratorOrthogonality(0.1).Evaluate(pass).data<double>().ToArray(), Enumerable.Repeat(0.1 * Sum(withDiagonal: false), 3));
        Close(new GeneratorOrthogonality(0.1, isDiagonalFree: false).Evaluate(pass).data<double>().ToArray(), Enumerable.Repeat(0.1 * Sum(withDiagonal: true), 3));
        using var flat = new FlatDiscriminator();
        using var ofFlat = networks.DiscriminatorPass(discriminator: flat);
        FluentActions.Invoking(() => new DiscriminatorOrthogonality().Evaluate(ofFlat)).Should().Throw<InvalidOperationException>()
            .WithMessage("FlatDiscriminator has no trainable weight of two dimensions or more, so there is nothing to make orthogonal.");
    }

    [Fact]
    public void A_history_is_the_mean_of_all_weights_before()
    {
        using var flat = new FlatDiscriminator();
        var weight = flat.parameters().Single();
        var penalty = new DiscriminatorHistoricalAveraging(10);
        var found = new List<double>();
        foreach (var value in new[] { 1.0, 4, -2, 3 })
        {
            using (no_grad())
                weight.fill_(value);
            using var pass = networks.DiscriminatorPass(discriminator: flat);
            found.Add(penalty.Evaluate(pass)[0].item<double>());
        }

        // Means before: none, 1, 2½ and 1, of a parameter of four values.
        found.Should().Equal(0, 10 * 4 * 9, 10 * 4 * 4.5 * 4.5, 10 * 4 * 4);
        penalty.Scalars.Should().Equal(4);
        penalty.State.Should().ContainSingle().Which.Value.data<double>().ToArray().Should().Equal(1.5, 1.5, 1.5, 1.5);
    }

    [Fact]
    public void A_weight_follows_its_schedule()
    {
        var schedule = Schedule.Linear(4, 0, 10);
        double At(Penalty penalty, long step) => PenaltyGradientTests.Evaluate(penalty, networks, step).mean().item<double>();

        foreach (var make in new Func<Penalty>[] {
            () => new WassersteinGradientPenalty(schedule), () => new ConsistencyRegularization(new Doubling(), schedule), () => new LatentConsistency(schedule), () => new LeCam(schedule),
            () => new PathLength(schedule), () => new ModeSeeking(schedule), () => new GeneratorOrthogonality(schedule), () => new LatentDiversity(schedule) })
        {
            At(make(), 5).Should().BeApproximately(At(make(), 0) / 2, 1e-9).And.NotBe(0);
            At(make(), 10).Should().Be(0);
        }
    }

    private static void Close(IReadOnlyList<double> found, IEnumerable<double> expected)
    {
        double[] wanted = [.. expected];
        found.Should().HaveCount(wanted.Length);
        found.Zip(wanted, (left, right) => Math.Abs(left - right) / Math.Max(1, Math.Abs(right))).Max().Should().BeLessThan(1e-10);
    }

    private sealed class Doubling : Augmentation
    {
        public override Tensor Apply(Tensor samples, Generator random) => samples * 2;
    }

    /// <summary>l(x) = w · x² with w = 0, whose slope is 0 everywhere.</summary>
    private sealed class FlatDiscriminator : DiscriminatorNetwork
    {
        private readonly TorchSharp.Modules.Parameter weight = (TorchSharp.Modules.Parameter)Parameter(zeros(4, float64)).DetachFromDisposeScope();

        public FlatDiscriminator()
            : base(nameof(FlatDiscriminator)) => RegisterComponents();

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => (samples.flatten(1).square() * weight).sum(1);
    }

    private sealed class PackedSumOfSquares() : DiscriminatorNetwork(nameof(PackedSumOfSquares))
    {
        public override int SamplesPerLogit => 2;

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => samples.reshape(-1, 4).square().sum(1);
    }

    /// <summary>G(z) = A z, as images of four pixels.</summary>
    private sealed class LinearImages : GeneratorNetwork
    {
        private readonly Module<Tensor, Tensor> layer = Linear(2, 4, hasBias: false, dtype: ScalarType.Float64);

        public LinearImages()
            : base(nameof(LinearImages), LatentPrior.Normal(2)) => RegisterComponents();

        public Tensor Matrix => layer.parameters().Single();

        public override Tensor forward(Tensor latents, Tensor? labels) => layer.call(latents).view(-1, 1, 2, 2);
    }
}
