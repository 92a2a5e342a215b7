using FluentAssertions;
using GanSharp.Networks;
using GanSharp.Penalties;
using GanSharp.Schedules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Penalties;

public sealed class GradientPenaltyTests
{
    [Fact]
    public void The_penalty_is_half_gamma_times_each_samples_own_squared_gradient()
    {
        using var scope = NewDisposeScope();
        using var discriminator = new QuadraticDiscriminator();
        // l(x) = Σ x² has the gradient 2x, so the penalty is γ/2 · 4‖x‖².
        var samples = tensor(new[,] { { 1f, 2f }, { 0f, 0f }, { -3f, 1f } });
        var pass = Pass(discriminator, samples, samples * 2, step: 0);

        new R1(10).Evaluate(pass).data<float>().ToArray().Should().Equal(100, 0, 200);
        new R2(10).Evaluate(pass).data<float>().ToArray().Should().Equal(400, 0, 800);
    }

    [Fact]
    public void The_weight_follows_its_schedule()
    {
        using var scope = NewDisposeScope();
        using var discriminator = new QuadraticDiscriminator();
        var samples = tensor(new[,] { { 1f, 0f } });
        var penalty = new R1(Schedule.Linear(10, 0, 100));

        penalty.Evaluate(Pass(discriminator, samples, samples, step: 50)).item<float>().Should().BeApproximately(10, 1e-5f);
        penalty.Evaluate(Pass(discriminator, samples, samples, step: 200)).item<float>().Should().Be(0);
    }

    [Fact]
    public void Its_gradient_in_the_parameters_agrees_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var discriminator = new SmoothDiscriminator();
        var samples = randn(6, 4, dtype: float64);
        double Penalty() => new R1(2).Evaluate(Pass(discriminator, samples, samples, 0)).mean().item<double>();

        new R1(2).Evaluate(Pass(discriminator, samples, samples, 0)).mean().backward();

        const double Step = 1e-6;
        foreach (var parameter in discriminator.parameters())
        {
            using var flat = parameter.detach().view(-1);
            for (var index = 0; index < Math.Min(5, flat.shape[0]); index++)
            {
                var start = flat[index].item<double>();
                flat[index] = start + Step;
                var above = Penalty();
                flat[index] = start - Step;
                var below = Penalty();
                flat[index] = start;
                var gradient = parameter.grad is { IsInvalid: false } known ? known.view(-1)[index].item<double>() : 0;
                gradient.Should().BeApproximately((above - below) / (2 * Step), 1e-6);
            }
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_weight_that_is_no_weight_is_refused(double gamma)
    {
        var make = () => new R1(gamma);

        make.Should().Throw<ArgumentOutOfRangeException>().WithMessage("gamma must be finite and at least 0.*");
    }

    private static DiscriminatorPass Pass(DiscriminatorNetwork discriminator, Tensor real, Tensor fake, long step)
    {
        JudgedSamples Side(Tensor samples)
        {
            var leaf = samples.detach().requires_grad_(true);
            return new JudgedSamples(leaf, discriminator.call(leaf, null), null);
        }
        return new DiscriminatorPass(discriminator, Side(real), Side(fake), step);
    }

    private sealed class QuadraticDiscriminator() : DiscriminatorNetwork(nameof(QuadraticDiscriminator))
    {
        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => samples.square().sum(1);
    }

    private sealed class SmoothDiscriminator : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> body;

        public SmoothDiscriminator()
            : base(nameof(SmoothDiscriminator))
        {
            body = Sequential(Linear(4, 8, dtype: ScalarType.Float64), SiLU(), Linear(8, 1, dtype: ScalarType.Float64));
            RegisterComponents();
        }

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(samples).squeeze(1);
    }
}
