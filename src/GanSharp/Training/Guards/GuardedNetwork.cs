using GanSharp.Optimization;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Training.Guards;

/// <summary>One player as a guard sees it.</summary>
/// <param name="Role">"discriminator" or "generator".</param>
/// <param name="Module">The network.</param>
/// <param name="Parameters">Its flat parameters: a check is one reduction a buffer.</param>
internal sealed record GuardedNetwork(string Role, Module Module, FlatParameters Parameters)
{
    // Weights that start at or near zero may grow to any ordinary size.
    private const double SmallestReference = 0.1;
    private readonly double rootOfCount = Math.Sqrt(Math.Max(1, Parameters.Count));

    public string Name => $"the {Role} ({Module.GetType().Name})";

    /// <summary>Root-mean-square weight from which growth is counted.</summary>
    public double Reference { get; set; } = Math.Max(SmallestReference, Norm(Parameters) / Math.Sqrt(Math.Max(1, Parameters.Count)));

    public double RootMeanSquareWeight => Norm(Parameters) / rootOfCount;

    public bool HasFiniteGradients => Parameters.GradientsAreFinite();

    public void ClearGradients()
    {
        using var frozen = no_grad();
        foreach (var group in Parameters.Groups)
            group.Gradients.zero_();
    }

    /// <summary>The first parameter whose value (or gradient) isn't finite, and an example of what it holds; null where only the sum of all overflows.</summary>
    public (string Parameter, double Value)? FirstNonFinite(bool gradients)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, parameter) in Module.named_parameters())
        {
            if ((gradients ? parameter.grad : parameter) is not { IsInvalid: false } values)
                continue;
            var bad = values.masked_select(values.isfinite().logical_not());
            if (bad.numel() > 0)
                return (name, bad[0].to(ScalarType.Float64).cpu().item<double>());
        }
        return null;
    }

    // Once a step for each network: no scope and no conversion, since on the CPU the smallest networks' steps take a millisecond.
    private static double Norm(FlatParameters parameters)
    {
        using var frozen = no_grad();
        var sum = 0.0;
        foreach (var group in parameters.Groups)
        {
            using var norm = group.Values.norm();
            sum += Math.Pow(norm.ToDouble(), 2);
        }
        return Math.Sqrt(sum);
    }
}
