using FluentAssertions;
using GanSharp.Objectives;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace GanSharp.Tests.Misuse;

/// <summary>Mistakes in an objective of one's own, each named when the trainer is made.</summary>
public sealed class ObjectiveMisuseTests
{
    private const string DiscriminatorLoss = "LambdaObjective.DiscriminatorLoss ", GeneratorLoss = "LambdaObjective.GeneratorLoss ";

    public static TheoryData<string, GanObjective, string> Misuses => new()
    {
        { "D's loss is null", new LambdaObjective((_, _) => null!), DiscriminatorLoss + "must return losses but returned null." },
        { "G's loss is null", new LambdaObjective(generator: (_, _) => null!), GeneratorLoss + "must return losses but returned null." },
        { "broadcast", new LambdaObjective((real, fake) => softplus(fake.unsqueeze(1) - real)), DiscriminatorLoss + "must return one value a sample, shape [8], but returned shape [8, 8]. A tensor of shape [N, 1] that met one of shape [N] was broadcast: squeeze(1) it before." },
        { "column", new LambdaObjective(generator: (fake, _) => softplus(-fake).unsqueeze(1)), GeneratorLoss + "must return one value a sample, shape [8], but returned shape [8, 1]. Add squeeze(1)." },
        { "mean", new LambdaObjective((real, fake) => (softplus(-real) + softplus(fake)).mean()), DiscriminatorLoss + "must return one value a sample, shape [8], but returned shape []. The trainer takes the mean*" },
        { "integers", new LambdaObjective((real, fake) => (real - fake).to(ScalarType.Int64)), DiscriminatorLoss + "must return float32 losses but returned Int64." },
        { "logarithm of a logit", new LambdaObjective((real, fake) => -(real.log() + (1 - fake).log())), DiscriminatorLoss + "must be finite for ordinary logits but is NaN or infinite for some from -3 to 3.*never log(logit)." },
        { "D's loss is detached", new LambdaObjective((real, fake) => (fake - real).detach()), DiscriminatorLoss + "must be differentiable in the logits but carries no gradient, so D would learn nothing*" },
        { "G's loss is detached", new LambdaObjective(generator: (fake, _) => softplus(-fake.detach())), GeneratorLoss + "must be differentiable in the logits but carries no gradient, so G would learn nothing*" },
        { "D's loss is constant", new LambdaObjective((real, _) => zeros_like(real)), DiscriminatorLoss + "must be differentiable in the logits*constant*" },
        { "counts errors", new LambdaObjective((real, fake) => fake.sign() - real.sign()), DiscriminatorLoss + "must depend on the logits but has gradient 0 at each from -3 to 3, so D would learn nothing." },
        { "throws", new LambdaObjective((_, _) => throw new InvalidOperationException("not today.")), DiscriminatorLoss + "failed on 8 ordinary logits a side: not today." },
        { "operator refuses", new LambdaObjective((real, fake) => cat([real.unsqueeze(1), fake.unsqueeze(0)])), DiscriminatorLoss + "failed on 8 ordinary logits a side: Sizes of tensors must match*" },
        { "reads real logits unasked", new LambdaObjective(generator: (fake, real) => softplus(real! - fake)), GeneratorLoss + "failed on 8 ordinary logits a side:*Its argument 'real' is null unless GeneratorNeedsReal is overridden to return true." },
    };

    [Theory]
    [MemberData(nameof(Misuses))]
    public void It_is_named_when_the_trainer_is_made(string misuse, GanObjective objective, string message)
    {
        misuse.Should().NotBeEmpty();
        Making.Trainer(options: new() { Objective = objective }).Should().Throw<ArgumentException>().WithMessage(message)
            .Which.Message.Should().NotContain("frame #", "no native stack reaches the user");
    }

    [Fact]
    public void A_frozen_generator_needs_no_gradient_of_its_loss()
    {
        using var generator = new LambdaGenerator();
        foreach (var parameter in generator.parameters())
            parameter.requires_grad_(false);

        Making.Trainer(generator, options: new() { Objective = new LambdaObjective(generator: (fake, _) => fake.detach()) }).Should().NotThrow();
    }
}
