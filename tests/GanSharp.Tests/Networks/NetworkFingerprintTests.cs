using FluentAssertions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Optimization.Flat;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Networks;

public sealed class NetworkFingerprintTests
{
    [Fact]
    public void It_changes_with_a_parameter_or_a_buffer_and_with_nothing_else()
    {
        manual_seed(1);
        using var scope = NewDisposeScope();
        using var network = new DcganGenerator(new ImageShape(1, 8, 8), latentSize: 4, width: 4);
        var before = NetworkFingerprint.Compute(network);

        network.eval();
        using var flat = new FlatParameters(network);
        NetworkFingerprint.Compute(network).Should().Be(before, "neither the mode nor where the values lie is part of it");

        network.train();
        network.call(randn(4, 4), null);
        var afterBuffers = NetworkFingerprint.Compute(network);
        afterBuffers.Should().NotBe(before, "batch norm's statistics moved");
        using (no_grad())
            network.parameters().Last().add_(1e-6f);
        NetworkFingerprint.Compute(network).Should().NotBe(afterBuffers);
    }
}
