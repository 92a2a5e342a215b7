using static TorchSharp.torch;

namespace GanSharp.Tests;

/// <summary>How far two networks of one architecture are apart.</summary>
internal static class NetworkDifference
{
    /// <summary>The largest difference of two parameters that stand at the same place.</summary>
    public static double Largest(nn.Module left, nn.Module right) =>
        left.parameters().Zip(right.parameters()).Max(pair => (pair.First - pair.Second).abs().max().item<float>());
}
