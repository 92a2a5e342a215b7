using System.Globalization;
using GanSharp.Benchmarks.Iterations;
using GanSharp.Data;
using GanSharp.Data.Arrays;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Scaling;

/// <summary>How the time of one thing grows with one size.</summary>
/// <param name="Axis">What grows.</param>
/// <param name="Name">What is timed.</param>
/// <param name="Sizes">Its sizes, rising.</param>
/// <param name="Milliseconds">Times the thing at one size, given the seconds to spend.</param>
internal sealed record ScalingSeries(string Axis, string Name, IReadOnlyList<double> Sizes, Func<double, double, Duration> Milliseconds)
{
    private static readonly double[] Batches = [16, 32, 64, 128, 256, 512, 1_024], Widths = [1, 1.5, 2, 3, 4], Sides = [28, 32, 48, 64, 96, 128], Rows = [1e3, 1e4, 1e5, 1e6];

    public static IReadOnlyList<ScalingSeries> All { get; } =
    [
        Iteration("batch size", "toy", Batches, batch => Workload.Toy((int)batch)),
        Iteration("batch size", "MLP", Batches, batch => Workload.Mlp((int)batch)),
        Iteration("batch size", "DCGAN 32", Batches, batch => Workload.Dcgan(32, 3, (int)batch)),
        Iteration("width, times the tables'", "toy, batch 512", Widths, width => Workload.Toy(512, width)),
        Iteration("width, times the tables'", "MLP, batch 64", Widths, width => Workload.Mlp(64, width)),
        Iteration("width, times the tables'", "DCGAN 32, batch 64", Widths, width => Workload.Dcgan(32, 3, 64, (int)(64 * width))),
        Iteration("image side, pixels", "DCGAN, width 32, batch 32", Sides, side => Workload.Dcgan((int)side, 3, 32, 32, rows: 512)),
        Drawing("512 points of the plane, in memory", [.. Rows, 1e7], 512, rows => InMemory(randn(rows, 2))),
        Drawing("64 images of 28 × 28, uint8, in memory", Rows, 64, rows => InMemory(randint(0, 256, [rows, 1, 28, 28], ScalarType.Byte))),
        Drawing("64 images of 16 × 16, uint8, from a .npy file", [.. Rows, 1e7], 64, rows => Mapped(rows, count => randint(0, 256, [count, 1, 16, 16], ScalarType.Byte))),
    ];

    private static ScalingSeries Iteration(string axis, string name, double[] sizes, Func<double, Workload> at) => new(axis, name, sizes, (size, seconds) =>
    {
        var workload = at(size);
        manual_seed(0);
        using var data = workload.Data();
        using var generator = workload.Generator();
        using var discriminator = workload.Discriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = workload.BatchSize, Diagnostics = new() { Samples = 0 } });
        return Timing.PerCall(seconds, calls => _ = trainer.Train(calls).Every(calls).Last());
    });

    /// <summary>The draw of a batch alone. Where an epoch is shuffled, that falls into the warm-up, as it falls into one draw of many in training.</summary>
    private static ScalingSeries Drawing(string name, double[] sizes, int batchSize, Func<long, Dataset> open) => new("rows of the data", $"draw of {name}", sizes, (size, seconds) =>
    {
        using var data = open((long)size);
        var drawn = 0L;
        return Timing.PerCall(seconds, calls =>
        {
            for (var call = 0; call < calls; call++)
            {
                using var scope = NewDisposeScope();
                data.Draw(0, drawn, batchSize);
                drawn = (drawn + batchSize) % ((long)size / batchSize * batchSize);
            }
        });
    });

    private static InMemoryDataset InMemory(Tensor samples)
    {
        using (samples)
            return new InMemoryDataset(samples);
    }

    /// <summary>Rows in a file of the temporary folder. Its name is removed at once; the system removes it with the data set.</summary>
    private static NpyDataset Mapped(long rows, Func<long, Tensor> piece)
    {
        const long PieceRows = 100_000;
        var path = Path.Combine(Path.GetTempPath(), $"gansharp-{Guid.NewGuid():N}.npy");
        NpyFile.Write(path, Pieces());
        var data = NpyDataset.Open(path, heldOutFraction: 0);
        File.Delete(path);
        return data;

        IEnumerable<Tensor> Pieces()
        {
            for (var done = 0L; done < rows; done += PieceRows)
            {
                using var values = piece(Math.Min(PieceRows, rows - done));
                yield return values;
            }
        }
    }
}

/// <summary>A series with its times.</summary>
internal sealed record ScalingResult(ScalingSeries Series, IReadOnlyList<double> Milliseconds)
{
    /// <summary>The exponent e of time ≈ c · sizeᵉ, by least squares over the logarithms of the last <paramref name="points"/> points.</summary>
    public double Exponent(int points)
    {
        var x = Series.Sizes.TakeLast(points).Select(value => Math.Log(value)).ToArray();
        var y = Milliseconds.TakeLast(points).Select(value => Math.Log(value)).ToArray();
        var (meanX, meanY) = (x.Average(), y.Average());
        return x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum() / x.Sum(a => (a - meanX) * (a - meanX));
    }

    /// <summary>The first size after which time grows faster than the square root of the size; null where it never does, or does from the start.</summary>
    public double? Knee
    {
        get
        {
            var first = Enumerable.Range(0, Milliseconds.Count - 1)
                .FirstOrDefault(index => Math.Log(Milliseconds[index + 1] / Milliseconds[index]) / Math.Log(Series.Sizes[index + 1] / Series.Sizes[index]) > 0.5, 0);
            return first > 0 ? Series.Sizes[first] : null;
        }
    }

    public string Points() => string.Join(", ", Series.Sizes.Zip(Milliseconds, (size, time) => string.Create(CultureInfo.InvariantCulture, $"{size:#,0.#}: {time:0.###}")));
}
