using FluentAssertions;
using GanSharp.Diagnostics.Calibration;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Sampling;

public sealed class GeneratorProposalTests
{
    [Fact]
    public void A_calibration_is_applied_to_the_logits_of_the_discriminator()
    {
        using var scope = NewDisposeScope();
        using var generator = new AffineGenerator(0, 1);
        using var discriminator = new MlpDiscriminator(1, 4);
        var points = randn(10, 1);
        var logits = discriminator.Logits(points).to(ScalarType.Float64);

        foreach (var objective in new[] { GanObjective.Minimax, GanObjective.RelativisticPaired })
        {
            new GeneratorProposal(generator, discriminator, objective).LogRatios(points).eq(logits).all().item<bool>().Should().BeTrue();
            var calibrated = new GeneratorProposal(generator, discriminator, objective, new PlattScaling(2, -1)).LogRatios(points);
            (calibrated - (2 * logits - 1)).abs().max().item<double>().Should().BeLessThan(1e-12);
        }
    }

    [Fact]
    public void A_draw_holds_samples_with_their_own_ratios()
    {
        using var scope = NewDisposeScope();
        using var line = new NormalLine();
        var proposal = line.Proposal();

        // More than one chunk of the generator.
        var (samples, logRatios) = proposal.Draw(3_000);

        (samples.shape[0], logRatios.shape[0], logRatios.dtype).Should().Be((3_000, 3_000, ScalarType.Float64));
        proposal.LogRatios(samples).eq(logRatios).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void An_objective_without_a_ratio_is_refused_with_the_way_out()
    {
        using var generator = new AffineGenerator(0, 1);
        using var discriminator = new MlpDiscriminator(1, 4);
        var proposal = () => new GeneratorProposal(generator, discriminator, new Critic());

        proposal.Should().Throw<DiagnosticRefusedException>().WithMessage("The logit of Critic is no density ratio, so that it can't weigh samples. "
            + "Train a second discriminator by Minimax against the frozen generator, or give a log ratio of your own.");
    }

    [Fact]
    public void Discriminators_of_packs_and_calibrations_that_say_nothing_are_refused()
    {
        using var generator = new AffineGenerator(0, 1);
        using var discriminator = new MlpDiscriminator(1, 4);
        using var packed = new PackedDiscriminator();

        FluentActions.Invoking(() => new GeneratorProposal(generator, packed, GanObjective.Minimax)).Should().Throw<ArgumentException>()
            .WithMessage("discriminator must judge one sample per logit but judges 2, whose ratio is of packs of samples.*");
        FluentActions.Invoking(() => new GeneratorProposal(generator, discriminator, GanObjective.Minimax, new PlattScaling(0, 0))).Should().Throw<ArgumentException>()
            .WithMessage("calibration must have a scale above 0 but has 0: the logits it was fitted on tell nothing, or the reverse.*");
    }

    [Fact]
    public void Ratios_that_are_none_are_refused()
    {
        using var scope = NewDisposeScope();
        using var generator = new AffineGenerator(0, 1);
        Action With(Func<Tensor, Tensor> logRatio) => () => new GeneratorProposal(generator, logRatio).Draw(10);

        With(samples => samples).Should().Throw<ArgumentException>().WithMessage("logRatio must return shape [10] for 10 samples but returned [10, 1].*");
        With(samples => full(10, double.NaN)).Should().Throw<DiagnosticRefusedException>().WithMessage("The log ratio is NaN or +∞ at 10 of 10 samples, *");
        With(samples => full(10, double.PositiveInfinity)).Should().Throw<DiagnosticRefusedException>();
        With(samples => full(10, double.NegativeInfinity)).Should().NotThrow();
    }

    private sealed class Critic : LogitObjective
    {
        public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => fake - real;

        public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => -fake;
    }

    private sealed class PackedDiscriminator() : DiscriminatorNetwork(nameof(PackedDiscriminator))
    {
        public override int SamplesPerLogit => 2;

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => samples.view(-1, 2).sum(1);
    }
}
