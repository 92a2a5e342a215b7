using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Diagnostics.Auditing;
using GanSharp.Diagnostics.Monitoring;
using GanSharp.Networks;
using Xunit;

namespace GanSharp.Tests.Misuse;

/// <summary>Factories of auditors that would fail hours later, at the first audit.</summary>
public sealed class AuditorMisuseTests
{
    [Fact]
    public void A_factory_that_returns_nothing() =>
        With(() => null!).Should().Throw<ArgumentException>().WithMessage("makeAuditor must return a new network but returned null.*");

    [Fact]
    public void A_factory_that_returns_the_same_network_twice()
    {
        using var only = new MlpDiscriminator(2, 8);

        With(() => only).Should().Throw<ArgumentException>().WithMessage("makeAuditor must return a new network each time, but it returned a MlpDiscriminator that is in use. Make it inside: () => new MlpDiscriminator(…).*");
        only.parameters().Should().NotBeEmpty("it is the caller's, and not disposed");
    }

    [Fact]
    public void A_factory_that_returns_the_trainer_s_discriminator()
    {
        using var discriminator = new LambdaDiscriminator();

        Making.Trainer(discriminator: discriminator, options: new() { Diagnostics = new() { Auditor = () => discriminator } }).Should().Throw<ArgumentException>()
            .WithMessage("makeAuditor must return a new network each time, but it returned a LambdaDiscriminator that is in use.*");
    }

    [Fact]
    public void A_factory_that_makes_a_network_for_other_samples() =>
        With(() => new MlpDiscriminator(5, 8)).Should().Throw<NetworkException>()
            .WithMessage("MlpDiscriminator.forward failed on samples of shape [16, 2]: mat1 and mat2 shapes cannot be multiplied (16x2 and 5x8)*");

    [Fact]
    public void A_factory_that_throws() =>
        With(() => throw new InvalidOperationException("no file")).Should().Throw<ArgumentException>().WithMessage("makeAuditor must return a new network but failed: no file.*").WithInnerException<InvalidOperationException>();

    [Fact]
    public void A_factory_that_makes_a_network_of_another_type() =>
        With(() =>
        {
            var network = new MlpDiscriminator(2, 8);
            TorchSharp.ModuleExtensionMethods.to(network, TorchSharp.torch.ScalarType.Float64);
            return network;
        }).Should().Throw<NetworkException>().WithMessage("GanSharp trains float32, but parameter 'body.*.weight' of MlpDiscriminator is Float64.*");

    [Fact]
    public void A_factory_that_returns_logits_of_another_shape() =>
        With(() => new LambdaDiscriminator((layer, samples, _) => layer.call(samples))).Should().Throw<NetworkException>()
            .WithMessage("LambdaDiscriminator.forward must return logits of shape [16] for 16 samples but returned [16, 1].");

    [Fact]
    public void An_audit_by_hand_names_them_too()
    {
        using var data = Mixtures.Ring();
        using var generator = new LambdaGenerator();
        Func<AuditReport> Auditing(Func<DiscriminatorNetwork> makeAuditor) => () => Auditor.Audit(generator, data, makeAuditor, new() { MaximumSteps = 1, HeldOutSamples = 200 });

        Auditing(() => new MlpDiscriminator(5, 8)).Should().Throw<NetworkException>().WithMessage("MlpDiscriminator.forward failed on samples of shape [2, 2]: *");
        Auditing(() => throw new InvalidOperationException("no file")).Should().Throw<ArgumentException>().WithMessage("makeAuditor must return a new network but failed: no file.*");
    }

    [Fact]
    public void No_factory_is_called_where_nothing_is_measured() =>
        Making.Trainer(options: new() { Diagnostics = new() { Samples = 0, Auditor = () => null! } }).Should().NotThrow();

    private static Action With(Func<DiscriminatorNetwork> makeAuditor) => Making.Trainer(options: new() { Diagnostics = new DiagnosticOptions { Auditor = makeAuditor } });
}
