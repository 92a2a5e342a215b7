using FluentAssertions;
using GanSharp.Augmentations;
using GanSharp.Penalties;
using GanSharp.Penalties.Consistency;
using GanSharp.Penalties.Lipschitz;
using GanSharp.Penalties.Weights;
using GanSharp.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Penalties;

/// <summary>What all penalties have in common: a gradient that is right, a weight, lazy evaluation, draws from the pass alone, and no tensor left behind.</summary>
public sealed class PenaltyGradientTests
{
    // A moving average is a constant to the gradient but takes the pass's own mean in: it must hardly move for finite differences to be of the same function.
    private const double Still = 1 - 1e-12;

    private static Dictionary<string, Func<int, Penalty>> Makers { get; } = new()
    {
        ["R1"] = every => new R1(2, every),
        ["R2"] = every => new R2(2, every),
        ["WGAN-GP"] = every => new WassersteinGradientPenalty(2, every),
        ["WGAN-LP"] = every => new WassersteinLipschitzPenalty(2, every),
        ["maximum"] = every => new MaximumGradientPenalty(2, every),
        ["DRAGAN"] = every => new Dragan(2, everySteps: every),
        ["CR"] = every => new ConsistencyRegularization(new Noise(), 2, every),
        ["bCR"] = every => new BalancedConsistencyRegularization(new Noise(), 2, 1, every),
        ["zCR of D"] = every => new LatentConsistency(2, 0.5, every),
        ["zCR of G"] = every => new LatentDiversity(2, 0.5, every),
        ["LeCam"] = every => new LeCam(2, Still, every),
        ["path length"] = every => new PathLength(2, Still, every),
        ["mode seeking"] = every => new ModeSeeking(2, every),
        ["orthogonal G"] = every => new GeneratorOrthogonality(2, everySteps: every),
        ["orthonormal G"] = every => new GeneratorOrthogonality(2, isDiagonalFree: false, every),
        ["orthogonal D"] = every => new DiscriminatorOrthogonality(2, everySteps: every),
        ["history of G"] = every => new GeneratorHistoricalAveraging(2, every),
        ["history of D"] = every => new DiscriminatorHistoricalAveraging(2, every),
    };

    public static TheoryData<string> Names => [.. Makers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_gradient_is_that_of_finite_differences(string name)
    {
        using var networks = new SmallNetworks();
        var penalty = Makers[name](1);
        // A state begins here, and the weights are then elsewhere.
        _ = Evaluate(penalty, networks);
        using (no_grad())
            foreach (var parameter in networks.Generator.parameters().Concat(networks.Discriminator.parameters()))
                parameter.mul_(1.2).add_(0.1);

        FiniteDifferences.ShouldMatch(() =>
        {
            using var state = OwnState.Of(penalty);
            return Evaluate(penalty, networks).mean();
        }, penalty is DiscriminatorPenalty ? networks.Discriminator.parameters() : networks.Generator.parameters());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_can_be_lazy_and_its_draws_come_from_the_pass(string name)
    {
        using var networks = new SmallNetworks();
        var (lazy, eager, again) = (Makers[name](16), Makers[name](1), Makers[name](1));
        var global = get_rng_state();

        lazy.EverySteps.Should().Be(16);
        lazy.IsDue(16).Should().BeTrue();
        lazy.IsDue(17).Should().BeFalse();
        var values = Evaluate(eager, networks);
        values.shape.Should().Equal(5);
        values.equal(Evaluate(again, networks)).all().item<bool>().Should().BeTrue();
        get_rng_state().equal(global).all().item<bool>().Should().BeTrue("nothing is drawn from torch's own generator");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_leaves_no_tensor_behind(string name)
    {
        using var networks = new SmallNetworks();
        var penalty = Makers[name](1);

        LiveTensors.Grown(() =>
        {
            using var scope = NewDisposeScope();
            Evaluate(penalty, networks).mean().backward();
        }).Should().BeLessThanOrEqualTo(0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_weight_that_is_no_weight_and_a_rhythm_that_is_none_are_refused(string name)
    {
        var make = () => Makers[name](0);

        make.Should().Throw<ArgumentOutOfRangeException>().WithMessage("everySteps*must be greater than or equal to '1'*");
    }

    public static TheoryData<string, Action, string> Misuses => new()
    {
        { "weight", () => _ = new WassersteinGradientPenalty(-1), "weight must be finite and at least 0.*" },
        { "weight that ends nowhere", () => _ = new LeCam(double.NaN), "weight must be finite and at least 0.*" },
        { "weight of generated samples", () => _ = new BalancedConsistencyRegularization(new Noise(), 1, -1), "fakeWeight must be finite and at least 0.*" },
        { "no transformation", () => _ = new ConsistencyRegularization(null!, 1), "*transformation*" },
        { "deviation", () => _ = new LatentConsistency(1, 0), "deviation must be finite and above 0.*" },
        { "spread", () => _ = new Dragan(1, double.PositiveInfinity), "spread must be finite and above 0.*" },
        { "decay", () => _ = new PathLength(decay: 1), "decay must be at least 0 and below 1.*" },
    };

    [Theory]
    [MemberData(nameof(Misuses))]
    public void A_value_out_of_range_is_named(string misuse, Action make, string message)
    {
        misuse.Should().NotBeEmpty();
        make.Should().Throw<ArgumentException>().WithMessage(message);
    }

    internal static Tensor Evaluate(Penalty penalty, SmallNetworks networks, long step = 0)
    {
        if (penalty is DiscriminatorPenalty ofDiscriminator)
        {
            using var pass = networks.DiscriminatorPass(step);
            return ofDiscriminator.Evaluate(pass);
        }
        using var made = networks.GeneratorPass(step);
        return ((GeneratorPenalty)penalty).Evaluate(made);
    }

    private sealed class Noise : Augmentation
    {
        public override Tensor Apply(Tensor samples, Generator random) => samples + randn(samples.shape, samples.dtype, generator: random);
    }
}
