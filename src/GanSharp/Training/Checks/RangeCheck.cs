using GanSharp.Data;
using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Training.Checks;

/// <summary>
/// Compares the data's range with that of a generator whose last layer bounds its samples, such as a tanh. This is detected by making every weight very large:
/// bounded samples then reach the bounds and stay inside. Samples of other generators leave them, and no check is made.
/// </summary>
internal static class RangeCheck
{
    // Data this many times as wide as G's range is in other units; a slightly wider range may be intended.
    private const double OtherUnits = 4;
    // Larger than rounding errors.
    private const double Tolerance = 1e-3;
    // How close to a bound some sample must be with very large weights.
    private const double Reached = 0.99;

    /// <summary>Throws if the data is in other units than G's samples; returns a warning if it only exceeds or doesn't fill their range.</summary>
    /// <param name="generator">G.</param>
    /// <param name="data">The data.</param>
    /// <param name="batch">Its first samples.</param>
    /// <param name="asked">The classes that G is asked for, or null.</param>
    public static IReadOnlyList<string> Warnings(GeneratorNetwork generator, Dataset data, TrialBatch batch, Tensor? asked)
    {
        using var scope = NewDisposeScope();
        var outputs = ScaledNetwork.Outputs(generator, () => TrialRun.Evaluating(generator, batch.Latents, asked), ScaledNetwork.Large, -ScaledNetwork.Large);
        if (outputs is [])
            return [];
        var ends = cat(outputs);
        if (!ends.isfinite().all().item<bool>() || ends.abs().max().item<float>() is var largest && (largest > 1 + Tolerance || largest < Reached))
            return [];
        var isSigmoid = ends.min().item<float>() >= 0;
        var (low, high) = (batch.Samples.min().item<float>(), batch.Samples.max().item<float>());
        var (lowest, width) = isSigmoid ? (0, 1) : (-1, 2);
        var name = generator.GetType().Name;
        var ranges = FormattableString.Invariant($"{batch.Count} samples of '{data.Name}' lie in [{low:0.###}, {high:0.###}] but {name} makes samples in [{lowest}, 1]");
        if (high - low > OtherUnits * width)
            throw new NetworkException($"{ranges}, so it can't reach the data. Bring the data into G's range: bytes with samples / 127.5 − 1, or give them as uint8 to an InMemoryDataset, which does so.");
        if (low < lowest - Tolerance || high > 1 + Tolerance)
            return [$"{ranges}, so it can't reach all of the data. Bring the data into G's range, or end G without a bound"];
        return !isSigmoid && low >= 0
            ? [$"{ranges}: D tells every negative value apart at once. Bring the data into G's range, from [0, 1] with samples * 2 − 1"]
            : [];
    }
}
