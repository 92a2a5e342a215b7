using FluentAssertions;
using static TorchSharp.torch;

namespace GanSharp.Tests;

/// <summary>Gradients against central differences in float64.</summary>
internal static class FiniteDifferences
{
    private const double Step = 1e-5;

    /// <summary>Every derivative of a scalar agrees to a relative 1e-6 of the largest.</summary>
    /// <param name="loss">Evaluates the scalar anew, with the same random draws each time.</param>
    /// <param name="parameters">Float64 leaves that require gradient.</param>
    public static void ShouldMatch(Func<Tensor> loss, params IEnumerable<Tensor> parameters)
    {
        using var scope = NewDisposeScope();
        Tensor[] leaves = [.. parameters];
        foreach (var leaf in leaves)
            leaf.grad = null;
        loss().backward();
        var gradients = leaves.Select(leaf => leaf.grad is { IsInvalid: false } known ? known.clone() : zeros_like(leaf)).ToArray();
        var largest = gradients.Max(gradient => gradient.abs().max().item<double>());
        largest.Should().BePositive("a gradient of 0 everywhere shows nothing");
        foreach (var (leaf, gradient) in leaves.Zip(gradients))
        {
            using var values = leaf.detach().view(-1);
            for (var index = 0; index < values.shape[0]; index++)
            {
                using var inner = NewDisposeScope();
                var start = values[index].item<double>();
                double At(double value)
                {
                    values[index] = value;
                    return loss().item<double>();
                }
                var difference = (At(start + Step) - At(start - Step)) / (2 * Step);
                values[index] = start;
                gradient.view(-1)[index].item<double>().Should().BeApproximately(difference, 1e-6 * Math.Max(largest, 1e-3));
            }
        }
    }
}
