using System.Diagnostics;
using System.Text.Json;
using GanSharp.Data.Arrays;
using GanSharp.Metrics.Fidelity;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Fidelity;

/// <summary>What one process found of the metrics of two files of features.</summary>
/// <param name="Seconds">From opening the files to the numbers.</param>
/// <param name="Megabytes">Highest resident memory of the process.</param>
/// <param name="Values">The metrics.</param>
internal sealed record FidelityMeasurement(double Seconds, double Megabytes, double[] Values)
{
    public const string Frechet = "frechet", Neighbors = "neighbors";
    private const int BatchSize = 1_000;

    public static FidelityMeasurement Take(string metric, string real, string fake)
    {
        using var scope = NewDisposeScope();
        // libtorch's threads and libraries are there before the clock starts, like NumPy's.
        _ = FrechetDistance.Measure(eye(8), eye(8));
        var watch = Stopwatch.StartNew();
        var values = metric == Frechet ? OfMoments(real, fake) : OfNeighbors(real, fake);
        return new(watch.Elapsed.TotalSeconds, Machine.PeakResidentMegabytes(), values);
    }

    public double LargestDifference(FidelityMeasurement other) => Values.Zip(other.Values).Max(pair => Math.Abs(pair.First - pair.Second) / Math.Abs(pair.Second));

    public string Write() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    public static FidelityMeasurement Read(string line) =>
        JsonSerializer.Deserialize<FidelityMeasurement>(line, JsonSerializerOptions.Web) ?? throw new InvalidDataException($"No measurement in '{line}'.");

    public override string ToString() => FormattableString.Invariant($"{Seconds:0.0} s, {Megabytes:#,0} MB, {string.Join(' ', Values)}");

    private static double[] OfMoments(string real, string fake)
    {
        using var first = new FeatureMoments();
        using var second = new FeatureMoments();
        foreach (var (path, moments) in new[] { (real, first), (fake, second) })
            foreach (var batch in Batches(path))
                moments.Add(batch);
        return [FrechetDistance.Between(first, second)];
    }

    private static double[] OfNeighbors(string real, string fake)
    {
        Tensor All(string path) => cat([.. Batches(path, keep: true)]);
        var (x, y) = (All(real), All(fake));
        var (manifolds, balls) = (PrecisionRecall.Measure(x, y), DensityCoverage.Measure(x, y));
        return [manifolds.Precision.Value, manifolds.Recall.Value, balls.Density.Value, balls.Coverage.Value];
    }

    private static IEnumerable<Tensor> Batches(string path, bool keep = false)
    {
        using var data = NpyDataset.Open(path, heldOutFraction: 0);
        for (long done = 0; done < data.Count; done += BatchSize)
        {
            var batch = data.Draw(0, done, (int)Math.Min(BatchSize, data.Count!.Value - done)).Samples;
            yield return batch;
            if (!keep)
                batch.Dispose();
        }
    }
}
