using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Networks;
using GanSharp.Penalties;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Misuse;

/// <summary>Mistakes in a penalty of one's own. Several would end the process in the first step.</summary>
public sealed class PenaltyMisuseTests
{
    private const string Evaluate = "LambdaPenalty.Evaluate ";

    public static TheoryData<string, DiscriminatorPenalty, string> Misuses => new()
    {
        { "null", new LambdaPenalty((_, _) => null!), Evaluate + "must return penalties but returned null." },
        { "scalar", new LambdaPenalty((_, pass) => pass.Real.Logits.square().mean()), Evaluate + "must return one value a sample, shape [4], but returned shape [].*value.expand(N)." },
        { "broadcast", new LambdaPenalty((_, pass) => pass.Real.Logits.unsqueeze(1) - pass.Fake.Logits), Evaluate + "must return one value a sample, shape [4], but returned shape [4, 4].*" },
        { "integers", new LambdaPenalty((_, pass) => pass.Real.Logits.to(ScalarType.Int32)), Evaluate + "must return float32 penalties but returned Int32." },
        { "detached", new LambdaPenalty((_, pass) => pass.Real.Logits.detach().square() + 1), Evaluate + "must be differentiable in D's parameters but carries no gradient*" },
        { "throws", new LambdaPenalty((_, _) => throw new InvalidOperationException("not today")), Evaluate + "failed on a trial pass: not today." },
        { "operator refuses", new LambdaPenalty((_, pass) => pass.Real.Logits.view(-1, 3)), Evaluate + "failed on a trial pass: shape '[-1, 3]' is invalid*" },
        {
            "autograd.grad on real samples unasked", new LambdaPenalty((_, pass) => Raw(pass.Real)),
            Evaluate + "differentiates logits with respect to real samples but doesn't ask for their gradient. Override NeedsRealGradient to return true."
        },
        {
            "autograd.grad on generated samples, where real ones were asked for", new LambdaPenalty((_, pass) => Raw(pass.Fake), needsReal: true),
            Evaluate + "differentiates logits with respect to generated samples but doesn't ask for their gradient. Override NeedsFakeGradient to return true."
        },
        {
            "InputGradient unasked", new LambdaPenalty((self, pass) => self.Gradient(pass.Real).square().sum(1)),
            Evaluate + "differentiates logits with respect to real samples*Override NeedsRealGradient to return true."
        },
        {
            "points of its own without gradient", new LambdaPenalty((self, pass) => Between(self, pass, differentiable: false)),
            Evaluate + "failed on a trial pass: LambdaPenalty differentiates logits with respect to samples that require no gradient. Call samples.requires_grad_(true) before D judges them."
        },
        {
            "logits of other samples", new LambdaPenalty((self, pass) => self.Gradient(pass.Real.Logits, pass.Fake.Samples).square().sum(1), needsFake: true),
            Evaluate + "failed on a trial pass: LambdaPenalty differentiates logits with respect to samples on which they don't depend*"
        },
        {
            "autograd.grad without create_graph", new LambdaPenalty((_, pass) => autograd.grad([pass.Real.Logits.sum()], [pass.Real.Samples], retain_graph: true)[0].square().sum(1), needsReal: true),
            Evaluate + "must be differentiable in D's parameters but carries no gradient*autograd.grad without create_graph."
        },
    };

    [Theory]
    [MemberData(nameof(Misuses))]
    public void It_is_named_when_the_trainer_is_made(string misuse, DiscriminatorPenalty penalty, string message)
    {
        misuse.Should().NotBeEmpty();
        Making.Trainer(options: new() { DiscriminatorPenalties = [penalty] }).Should().Throw<ArgumentException>().WithMessage(message)
            .Which.Message.Should().NotContain("frame #");
    }

    [Fact]
    public void A_discriminator_that_can_t_be_differentiated_twice_is_told_so()
    {
        using var discriminator = new LambdaDiscriminator((layer, samples, _) =>
            layer.call(nn.functional.grid_sample(samples.view(-1, 1, 1, 2), zeros(samples.shape[0], 1, 2, 2), align_corners: true).view(-1, 2)).squeeze(1));

        Making.Trainer(discriminator: discriminator).Should().NotThrow();
        Making.Trainer(discriminator: discriminator, options: new() { DiscriminatorPenalties = [new R1(1)] }).Should().Throw<ArgumentException>()
            .WithMessage("R1 can't be differentiated in D's parameters: derivative for aten::grid_sampler_2d_backward is not implemented. *");
    }

    [Fact]
    public void R1_on_a_pass_without_gradients_names_the_property()
    {
        using var scope = NewDisposeScope();
        using var discriminator = new LambdaDiscriminator();
        var samples = randn(4, 2);
        var judged = new JudgedSamples(samples, discriminator.call(samples, null).Logits, null);
        var evaluate = () => new R1(1).Evaluate(new DiscriminatorPass(discriminator, judged, judged, 0));

        evaluate.Should().Throw<InvalidOperationException>().WithMessage("R1 differentiates logits with respect to samples that require no gradient. A trainer gives it to those of pass.Real where NeedsRealGradient returns true (it returns True) and to those of pass.Fake where NeedsFakeGradient does (False).");
    }

    [Fact]
    public void Right_penalties_of_many_kinds_train()
    {
        DiscriminatorPenalty[] penalties = [
            new LambdaPenalty((self, pass) => self.Gradient(pass.Real).square().sum(1), needsReal: true),
            new LambdaPenalty((self, pass) => Raw(pass.Fake), needsFake: true),
            new LambdaPenalty((self, pass) => Between(self, pass, differentiable: true)),
            // Off at first.
            new LambdaPenalty((_, pass) => pass.Step < 2 ? zeros(pass.Real.Samples.shape[0]) : pass.Real.Logits.square()),
            new R1(1), new R2(1)];
        using var data = Mixtures.Ring();
        using var generator = new LambdaGenerator();
        using var discriminator = new LambdaDiscriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { DiscriminatorPenalties = penalties, Diagnostics = new() { Samples = 0 } });

        trainer.Train(3).Should().HaveCount(3).And.OnlyContain(report => report.Penalty > 0);
    }

    [Fact]
    public void The_gradient_of_samples_that_are_judged_in_pairs_is_each_ones_own_part()
    {
        using var data = Mixtures.Ring();
        using var generator = new LambdaGenerator();
        using var discriminator = new PairDiscriminator();
        var shapes = new List<string>();
        var penalty = new LambdaPenalty((self, pass) =>
        {
            var gradient = self.Gradient(pass.Real);
            shapes.Add($"{gradient.shape[0] == pass.Real.Samples.shape[0]} {gradient.shape[0] == 2 * pass.Real.Logits.shape[0]}");
            return gradient.square().sum(1);
        }, needsReal: true);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { DiscriminatorPenalties = [penalty, new R2(1), new LambdaPenalty((_, pass) => pass.Real.Logits.square())], BatchSize = 8, Diagnostics = new() { Samples = 0 } });

        trainer.Train(2).Should().HaveCount(2);

        shapes.Should().HaveCount(3).And.OnlyContain(shape => shape == "True True");
    }

    private static Tensor Raw(JudgedSamples judged) =>
        autograd.grad([judged.Logits.sum()], [judged.Samples], retain_graph: true, create_graph: true)[0].square().sum(1);

    private static Tensor Between(LambdaPenalty self, DiscriminatorPass pass, bool differentiable)
    {
        var between = pass.Real.Samples.detach().lerp(pass.Fake.Samples.detach(), 0.5).requires_grad_(differentiable);
        return (self.Gradient(pass.Discriminator.call(between, null).Logits, between).norm(1) - 1).square();
    }

    private sealed class PairDiscriminator : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> body = Sequential(Linear(4, 8), SiLU(), Linear(8, 1));

        public PairDiscriminator()
            : base(nameof(PairDiscriminator)) => RegisterComponents();

        public override int SamplesPerLogit => 2;

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(samples.reshape(-1, 4)).squeeze(1);
    }
}
