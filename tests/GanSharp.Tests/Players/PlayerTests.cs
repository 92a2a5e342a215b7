using FluentAssertions;
using GanSharp.Optimization;
using GanSharp.Players;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Players;

public sealed class PlayerTests
{
    [Fact]
    public void A_loss_that_is_no_scalar_or_has_no_graph_is_named_before_anything_learns()
    {
        using var scope = NewDisposeScope();
        using var network = Linear(2, 1);
        using var player = new Player(network, new SgdOptions());
        var before = network.weight!.clone();
        var losses = network.call(ones(3, 2));

        foreach (var learn in new Action<Tensor>[] { player.Descend, player.Accumulate })
        {
            learn.Invoking(it => it(losses)).Should().Throw<ArgumentException>().WithMessage("loss must have one element but has shape [3, 1]. Take its mean.*").WithParameterName("loss");
            learn.Invoking(it => it(losses.mean().detach())).Should().Throw<ArgumentException>()
                .WithMessage("loss must require a gradient but doesn't, so Linear would learn nothing: it is constant, or cut off by detach, no_grad or a value that was read out.*").WithParameterName("loss");
        }

        player.Updates.Should().Be(0);
        network.weight.equal(before).all().item<bool>().Should().BeTrue();
        player.Descend(losses.mean().view(1, 1));
        network.weight.equal(before).all().item<bool>().Should().BeFalse();
    }
}
