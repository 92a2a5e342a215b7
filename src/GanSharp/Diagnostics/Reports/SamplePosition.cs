using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Reports;

/// <summary>Where generated samples lie relative to the data, in a few numbers that can be compared from report to report.</summary>
internal static class SamplePosition
{
    private const int LargestSize = 8;

    /// <summary>Mean of the generated minus that of the real samples along up to eight fixed random directions, in units of the data's standard deviation there.</summary>
    public static double[] Measure(Tensor real, Tensor fake, long seed)
    {
        using var scope = NewDisposeScope();
        var (realFlat, fakeFlat) = (real.flatten(1).cpu(), fake.flatten(1).cpu());
        var size = realFlat.shape[1];
        // The same directions at every report, so that positions can be compared.
        using var random = SeededRandom.Create(seed, "diagnostic directions");
        var directions = randn([size, Math.Min(size, LargestSize)], ScalarType.Float32, generator: random);
        var (realAlong, fakeAlong) = (realFlat.matmul(directions), fakeFlat.matmul(directions));
        return ((fakeAlong.mean([0]) - realAlong.mean([0])) / realAlong.std(0).clamp_min(1e-12)).to(ScalarType.Float64).data<double>().ToArray();
    }
}
