using FluentAssertions;
using GanSharp.Divergences;
using GanSharp.Objectives;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>Why no part of the library takes the logarithm of a probability.</summary>
public sealed class NumericsTests
{
    [Theory]
    [InlineData(16.6f, false)]
    [InlineData(16.64f, true)]
    [InlineData(20f, true)]
    [InlineData(88.8f, true)]
    public void Above_a_logit_of_16_64_the_probability_of_generated_is_0_in_float32_but_its_logarithm_is_not(float logit, bool isZero)
    {
        using var scope = NewDisposeScope();
        var naive = 1 - tensor(logit).sigmoid();

        (naive.item<float>() == 0).Should().Be(isZero);
        GanObjective.Minimax.GeneratorLoss(tensor(logit), null).item<float>().Should().BeApproximately(-logit, 1e-6f);
    }

    [Fact]
    public void The_logarithm_of_a_probability_has_no_gradient_at_a_logit_of_18_where_the_loss_has_the_right_one()
    {
        using var scope = NewDisposeScope();
        var (naive, logit) = (tensor(18f, requires_grad: true), tensor(18f, requires_grad: true));

        (1 - naive.sigmoid()).log().backward();
        GanObjective.Minimax.GeneratorLoss(logit, null).backward();

        float.IsFinite(naive.grad!.item<float>()).Should().BeFalse();
        logit.grad!.item<float>().Should().BeApproximately(-1, 1e-7f);
    }

    [Theory]
    [InlineData(88.7f, false)]
    [InlineData(88.8f, true)]
    public void The_ratio_itself_overflows_float32_above_a_logit_of_88_7(float logit, bool overflows)
    {
        using var scope = NewDisposeScope();

        float.IsPositiveInfinity(tensor(logit).exp().item<float>()).Should().Be(overflows);
        float.IsFinite(DensityRatio.Log(tensor(logit)).item<float>()).Should().BeTrue();
    }

    [Fact]
    public void A_diagnostic_keeps_what_softplus_drops_above_its_threshold_of_20()
    {
        using var scope = NewDisposeScope();
        const double Logit = 20.01;
        var logits = tensor(new[] { Logit });

        // A D that is certain of the generated sample leaves ln D of the real one.
        var value = ValueFunction.Of(logits, full_like(logits, -1e4));

        var exact = -Math.Exp(-Logit) * (1 - Math.Exp(-Logit) / 2);
        value.Should().BeApproximately(exact, 1e-22);
        var softplus = functional.softplus(logits).item<double>();
        (softplus - Logit).Should().Be(0, "softplus returns its input above the threshold");
        Math.Abs(exact).Should().BeApproximately(2e-9, 1e-10, "that is the error it would leave");
    }
}
