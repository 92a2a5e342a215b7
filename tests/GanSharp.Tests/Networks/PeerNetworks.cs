using GanSharp.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Networks;

/// <summary>What the scripts of tests/peers do too: the same weights, samples and latents, in float64, and what is compared of many numbers.</summary>
internal static class PeerNetworks
{
    /// <summary>Numbers in [−1, 1).</summary>
    public static Tensor Numbers(long seed, params long[] shape)
    {
        var count = shape.Aggregate(1L, (product, size) => product * size);
        return tensor([.. Fixture.Numbers(seed).Take((int)count).Select(number => number / 1_073_741_824.0 - 1)], shape, ScalarType.Float64);
    }

    /// <summary>The parameters in the order of their names.</summary>
    public static IReadOnlyList<Parameter> Ordered(Module network) =>
        [.. network.named_parameters().OrderBy(named => named.name, StringComparer.Ordinal).Select(named => named.parameter)];

    /// <summary>Converts a network to float64 and gives it the script's weights.</summary>
    /// <param name="network">The network.</param>
    /// <param name="seed">The script's.</param>
    /// <param name="scaleOf">The largest magnitude of a parameter; null for 1.5/√fan-in, and 0.1 for a bias.</param>
    public static T Filled<T>(T network, long seed, Func<string, Parameter, double>? scaleOf = null)
        where T : Module
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        network.to(ScalarType.Float64);
        scaleOf ??= (_, parameter) => parameter.dim() > 1 ? 1.5 / Math.Sqrt(parameter.numel() / parameter.shape[0]) : 0.1;
        foreach (var (index, (name, parameter)) in network.named_parameters().OrderBy(named => named.name, StringComparer.Ordinal).Index())
            parameter.copy_(Numbers(seed + 7919 * (index + 1), parameter.shape) * scaleOf(name, parameter));
        return network;
    }

    /// <summary>Of each tensor its product with random numbers, and its sum of squares.</summary>
    public static double[][] Projections(IEnumerable<Tensor> tensors) => [.. tensors.Select((values, index) =>
        new[] { (values * Numbers(31 + index, values.shape)).sum().item<double>(), values.square().sum().item<double>() })];

    public static double[] Values(Tensor tensor) => tensor.detach().contiguous().data<double>().ToArray();

    /// <summary>‖∇ₓ l‖² of each sample, with its graph.</summary>
    public static Tensor Penalty(Tensor samples, Tensor logits) => SafeGradient.Of(logits, samples, createGraph: true)!.square().flatten(1).sum(1);

    /// <summary>The largest difference, relative to the expected value or to 0.01 where that is smaller.</summary>
    public static double Difference(IEnumerable<double> actual, IEnumerable<double> expected)
    {
        var pairs = actual.ToArray().Zip(expected.ToArray(), (own, peer) => Math.Abs(own - peer) / Math.Max(0.01, Math.Abs(peer))).ToArray();
        return pairs.Length == actual.Count() && pairs.Length == expected.Count() && pairs.All(double.IsFinite) ? pairs.Max() : double.PositiveInfinity;
    }
}
