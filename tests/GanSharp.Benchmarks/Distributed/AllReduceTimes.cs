using System.Diagnostics;
using System.Text.Json;
using GanSharp.Benchmarks.Iterations;
using GanSharp.Mpi;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Distributed;

/// <summary>How long one all-reduce takes, by size, and the line that fits it: α + β · bytes.</summary>
/// <param name="Bytes">Sizes, rising.</param>
/// <param name="Milliseconds">Median of each.</param>
internal sealed record AllReduceTimes(IReadOnlyList<long> Bytes, IReadOnlyList<double> Milliseconds)
{
    private const int Smallest = 1 << 10, Largest = 1 << 26, Step = 4, MostRepeats = 200;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Measures in this process, which is one rank; null on all but rank 0.</summary>
    /// <param name="seconds">For each size.</param>
    public static AllReduceTimes? Take(double seconds)
    {
        using var communicator = MpiCommunicator.Initialize();
        set_num_threads(1);
        var (sizes, times) = (new List<long>(), new List<double>());
        for (long bytes = Smallest; bytes <= Largest; bytes *= Step)
        {
            using var values = zeros(bytes / sizeof(float));
            double Once()
            {
                var watch = Stopwatch.StartNew();
                communicator.AllReduce([values]);
                return watch.Elapsed.TotalMilliseconds;
            }
            Once();
            var repeats = MpiPace.Agree(communicator, Math.Clamp((long)(seconds * 1_000 / Once()), 3, MostRepeats));
            var measured = new List<double>();
            for (var repeat = 0; repeat < repeats; repeat++)
                measured.Add(Once());
            sizes.Add(bytes);
            times.Add(Timing.Median(measured));
        }
        return communicator.Rank > 0 ? null : new AllReduceTimes(sizes, times);
    }

    /// <summary>Least squares of the relative error, so that small sizes count as much as large ones.</summary>
    /// <returns>Milliseconds, and milliseconds a byte.</returns>
    public (double Alpha, double Beta) Fit()
    {
        var (aa, ab, bb, a, b) = (0.0, 0.0, 0.0, 0.0, 0.0);
        foreach (var (bytes, time) in Bytes.Zip(Milliseconds))
        {
            var (one, size) = (1 / time, bytes / time);
            (aa, ab, bb, a, b) = (aa + one * one, ab + one * size, bb + size * size, a + one, b + size);
        }
        var determinant = aa * bb - ab * ab;
        return ((a * bb - b * ab) / determinant, (aa * b - ab * a) / determinant);
    }

    public string Write() => JsonSerializer.Serialize(this, Json);

    public static AllReduceTimes Read(string line) => JsonSerializer.Deserialize<AllReduceTimes>(line, Json) ?? throw new InvalidDataException($"No times in '{line}'.");
}
