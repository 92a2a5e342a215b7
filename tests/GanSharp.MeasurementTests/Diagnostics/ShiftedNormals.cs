using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

/// <summary>The true log ratios of N(0, 1) as data and N(shift, 1) as generator: normal themselves, with mean ± shift²/2 and standard deviation shift.</summary>
internal static class ShiftedNormals
{
    /// <summary>One row a repeat of an experiment.</summary>
    public static (Tensor Real, Tensor Fake) LogRatios(double shift, long repeats, long real, long fake, long seed = 1)
    {
        using var random = SeededRandom.Create(seed, "shifted normals");
        Tensor Draw(long count, double sign) => randn([repeats, count], ScalarType.Float64, generator: random) * shift + sign * shift * shift / 2;
        return (Draw(real, 1), Draw(fake, -1));
    }

    /// <summary>A single experiment.</summary>
    public static (Tensor Real, Tensor Fake) LogRatios(double shift, long count, long seed = 1)
    {
        var (real, fake) = LogRatios(shift, 1, count, count, seed);
        return (real[0], fake[0]);
    }
}
