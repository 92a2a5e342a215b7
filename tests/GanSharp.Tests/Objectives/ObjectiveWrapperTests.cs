using FluentAssertions;
using GanSharp.Divergences;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Schedules;
using GanSharp.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Objectives;

/// <summary>Objectives that change another one.</summary>
public sealed class ObjectiveWrapperTests : IDisposable
{
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Noisy_labels_swap_about_as_many_pairs_as_they_are_told_and_whole_pairs_only()
    {
        var (real, fake) = (arange(0, 20_000, float64) + 0.25, -arange(0, 20_000, float64) - 0.5);
        var objective = new NoisyLabels(new Recording(), 0.2);
        using var context = Context(real, fake, seed: 4);

        _ = objective.DiscriminatorLoss(context);

        var (seenReal, seenFake) = Recording.Seen;
        var isSwapped = seenReal.eq(fake);
        isSwapped.logical_xor(seenReal.eq(real)).all().item<bool>().Should().BeTrue();
        seenFake.eq(where(isSwapped, real, fake)).all().item<bool>().Should().BeTrue("a pair changes both of its labels or none");
        isSwapped.to(float64).mean().item<double>().Should().BeInRange(0.2 - 5 * 0.0029, 0.2 + 5 * 0.0029);
    }

    [Fact]
    public void Noisy_labels_draw_from_the_context_alone_and_leave_the_generator_as_it_is()
    {
        var (real, fake) = (randn(64, dtype: float64), randn(64, dtype: float64));
        double Loss(ulong seed)
        {
            using var context = Context(real, fake, seed);
            return new NoisyLabels(GanObjective.Minimax, 0.3).DiscriminatorLoss(context).Total().item<double>();
        }
        var global = get_rng_state();

        Loss(1).Should().Be(Loss(1)).And.NotBe(Loss(2));
        get_rng_state().equal(global).all().item<bool>().Should().BeTrue();
        using var ofGenerator = Context(null, fake, 1);
        new NoisyLabels(GanObjective.Minimax, 0.3).GeneratorLoss(ofGenerator).Total().item<double>().Should().Be(GanObjective.Minimax.GeneratorLoss(fake, null).mean().item<double>());
    }

    [Fact]
    public void Noisy_labels_follow_their_schedule_and_refuse_the_ratio()
    {
        var (real, fake) = (randn(64, dtype: float64), randn(64, dtype: float64));
        var objective = new NoisyLabels(GanObjective.Minimax, Schedule.Linear(0.3, 0, 10));
        using var context = Context(real, fake, 1, step: 10);

        objective.DiscriminatorLoss(context).Total().item<double>().Should().Be(GanObjective.Minimax.DiscriminatorLoss(real, fake).mean().item<double>());
        objective.Ratio.Should().Be(RatioKind.None);
        objective.RatioRefusal.Should().Be("with noisy labels the optimal logit is no longer ln p_d/p_g");
        objective.LogDensityRatio(real).Should().BeNull();
    }

    [Theory]
    [InlineData(0.5, 3)]
    [InlineData(0.34, 2)]
    [InlineData(0.01, 1)]
    [InlineData(1, 5)]
    public void The_generator_learns_from_its_best_samples_alone(double fraction, int k)
    {
        var fake = tensor(new[] { 0.3, -2, 1.5, 0.9, -0.1 }).requires_grad_(true);
        using var context = Context(null, fake, 1);

        var losses = new TopK(GanObjective.NonSaturating, fraction).GeneratorLoss(context)[LossTerms.Adversarial];
        losses.mean().backward();

        double[] sorted = [1.5, 0.9, 0.3, -0.1, -2];
        losses.shape.Should().Equal(5);
        losses.mean().item<double>().Should().BeApproximately(sorted.Take(k).Average(logit => Math.Log(1 + Math.Exp(-logit))), 1e-12);
        var gradient = fake.grad!.data<double>().ToArray();
        gradient.Count(value => value != 0).Should().Be(k);
        gradient[2].Should().BeApproximately(-1 / (1 + Math.Exp(1.5)) / k, 1e-12);
    }

    [Fact]
    public void The_share_of_the_best_follows_its_schedule_and_the_discriminator_sees_all()
    {
        var (real, fake) = (randn(8, dtype: float64), randn(8, dtype: float64));
        var objective = new TopK(new RelativisticPaired(), Schedule.Linear(1, 0.5, 100));
        double Loss(long step)
        {
            using var context = Context(real, fake, 1, step);
            return objective.GeneratorLoss(context).Total().item<double>();
        }
        using var start = Context(real, fake, 1);

        Loss(0).Should().Be(GanObjective.RelativisticPaired.GeneratorLoss(fake, real).mean().item<double>());
        Loss(100).Should().BeApproximately(GanObjective.RelativisticPaired.GeneratorLoss(fake, real)[fake.topk(4).indexes].mean().item<double>(), 1e-12);
        objective.DiscriminatorLoss(start).Total().item<double>().Should().Be(GanObjective.RelativisticPaired.DiscriminatorLoss(real, fake).mean().item<double>());
        objective.GeneratorNeedsReal.Should().BeTrue();
        objective.Ratio.Should().Be(RatioKind.UpToConstant);
    }

    public static TheoryData<string> Wrappers => ["noisy", "top k", "classifier", "features", "information"];

    [Theory]
    [MemberData(nameof(Wrappers))]
    public void A_wrapper_passes_on_what_it_does_not_change(string name)
    {
        var game = new Recording();
        GanObjective Wrap(GanObjective game) => name switch
        {
            "noisy" => new NoisyLabels(game),
            "top k" => new TopK(game, 0.5),
            "classifier" => new AuxiliaryClassifier(game),
            "features" => new FeatureMatching(game),
            _ => new InfoGan(game),
        };
        var wrapped = Wrap(new TopK(game, 1));

        var state = (IStateful)wrapped;
        state.State.Should().ContainSingle().Which.Value.Should().BeSameAs(game.State[0].Value);
        state.Scalars = [7];
        game.Scalars.Should().Equal(7);
        wrapped.RequiresLipschitz.Should().BeTrue();
        ObjectiveWrapper.Innermost(wrapped).Should().BeSameAs(game);
        ((IStateful)Wrap(GanObjective.Minimax)).State.Should().BeEmpty();
        ((IStateful)Wrap(GanObjective.Minimax)).Scalars.Should().BeEmpty();
        $"{wrapped}".Should().EndWith("(TopK (Recording))");
    }

    [Fact]
    public void A_relativistic_average_passes_on_the_state_of_its_game()
    {
        var game = new Recording();
        var objective = new RelativisticAverage(game) { Scalars = [3] };

        game.Scalars.Should().Equal(3);
        objective.State.Should().ContainSingle();
    }

    [Fact]
    public void A_context_with_other_outputs_draws_from_the_same_stream()
    {
        using var context = Context(zeros(3), zeros(3), 5);
        using var alike = Context(zeros(3), zeros(3), 5);

        var first = rand(2, generator: context.With(null, zeros(3)).Random);
        var second = rand(2, generator: context.Random);

        cat([first, second]).equal(cat([rand(2, generator: alike.Random), rand(2, generator: alike.Random)])).all().item<bool>().Should().BeTrue();
        context.With(null, zeros(3)).HasReal.Should().BeFalse();
    }

    public static TheoryData<string, Action, string> Misuses => new()
    {
        { "no divergence", () => _ = new FGan(null!), "*divergence*" },
        { "a probability of a half", () => _ = new NoisyLabels(GanObjective.Minimax, 0.5), "probability must be at least 0 and below 0.5.*" },
        { "no game", () => _ = new NoisyLabels(null!), "*game*" },
        { "a fraction of 0", () => _ = new TopK(GanObjective.Minimax, 0), "fraction must be above 0 and at most 1.*" },
        { "a fraction that rises too far", () => _ = new TopK(GanObjective.Minimax, Schedule.Linear(0.5, 1.5, 10)), "fraction must be above 0 and at most 1.*" },
        { "a negative weight", () => _ = new AuxiliaryClassifier(generatorWeight: -1), "generatorWeight must be finite and at least 0.*" },
        { "an infinite weight", () => _ = new InfoGan(continuousWeight: double.PositiveInfinity), "continuousWeight must be finite and at least 0.*" },
        { "one target for both", () => _ = new LeastSquares(1, 1), "realTarget must differ from fakeTarget, or D has nothing to tell apart.*" },
        { "no target", () => _ = new LeastSquares(generatorTarget: double.NaN), "generatorTarget must be finite.*" },
        { "a smoothed target beyond a half", () => _ = new LabelSmoothing(0.9, 0.5), "fakeTarget must be at least 0 and below 0.5.*" },
    };

    [Theory]
    [MemberData(nameof(Misuses))]
    public void What_makes_no_game_is_refused_by_name(string misuse, Action make, string message)
    {
        misuse.Should().NotBeEmpty();
        make.Should().Throw<ArgumentException>().WithMessage(message);
    }

    private static ObjectiveContext Context(Tensor? real, Tensor fake, ulong seed, long step = 0) => new(real is null ? null : DiscriminatorOutput.FromTensor(real), fake, () => new Generator(seed)) { Step = step };

    /// <summary>Wasserstein's game with a state, which keeps what it was shown.</summary>
    private sealed class Recording : LogitObjective, IStateful
    {
        private readonly Tensor mean = zeros(1);

        public static (Tensor Real, Tensor Fake) Seen { get; private set; }

        public IReadOnlyList<(string Name, Tensor Value)> State => [("mean", mean)];

        public double[] Scalars { get; set; } = [0];

        public override bool RequiresLipschitz => true;

        public override Tensor DiscriminatorLoss(Tensor real, Tensor fake)
        {
            Seen = (real, fake);
            return fake - real;
        }

        public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => -fake;
    }
}
