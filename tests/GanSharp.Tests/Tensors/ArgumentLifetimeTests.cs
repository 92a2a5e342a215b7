using FluentAssertions;
using GanSharp.Runtime;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Tensors;

/// <summary>Numbers passed to operators stay alive until the operator has read them, whoever collects garbage meanwhile.</summary>
public sealed class ArgumentLifetimeTests
{
    [Fact]
    public void TorchSharp_is_loaded_so_that_its_methods_keep_their_arguments_alive() => ArgumentLifetime.IsSafe.Should().BeTrue();

    [Fact]
    public void Two_million_small_operators_beside_a_collecting_thread_give_what_they_should()
    {
        const int Operators = 2_000_000, OperatorsAScope = 1_000;
        using var collecting = new CollectingThread();
        using var frozen = no_grad();
        using var one = ones(1);
        var wrong = 0;
        for (var first = 0; first < Operators; first += OperatorsAScope)
        {
            using var scope = NewDisposeScope();
            // Each number is another one, so that one read from freed memory shows. Below 2^24 every integer is a float32.
            var sum = zeros(1);
            for (var index = 0; index < OperatorsAScope; index += 2)
                sum.add_(one, alpha: index).add_(index + 1);
            if (sum.item<float>() != OperatorsAScope * (OperatorsAScope - 1) / 2)
                wrong++;
        }

        wrong.Should().Be(0);
        collecting.Collections.Should().BeGreaterThan(1_000);
    }

    [Fact]
    public void Batch_norm_beside_a_collecting_thread_counts_every_batch()
    {
        const int Batches = 3_000;
        using var collecting = new CollectingThread();
        using var norm = nn.BatchNorm1d(2);
        using var samples = randn(4, 2);
        for (var batch = 0; batch < Batches; batch++)
        {
            using var scope = NewDisposeScope();
            norm.call(samples);
        }

        norm.named_buffers().Single(buffer => buffer.name == "num_batches_tracked").buffer.item<long>().Should().Be(Batches);
    }
}
