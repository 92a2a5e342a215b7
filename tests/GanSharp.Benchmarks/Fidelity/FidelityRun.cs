using System.Globalization;
using GanSharp.Benchmarks.Iterations;
using GanSharp.Data.Arrays;
using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Fidelity;

/// <summary>Metrics of features at the sizes that publications use, each in a process of its own, beside SciPy and scikit-learn on the same files.</summary>
internal static class FidelityRun
{
    private const string Script = "metrics_timing.py";
    private const int RowsPerPiece = 2_000;

    /// <summary>Returns the section for a document.</summary>
    public static string Measure()
    {
        var machine = Machine.Describe();
        var complaint = ChildProcess.PeerComplaint(Script);
        if (complaint is not null)
            Console.WriteLine($"Without SciPy: {complaint}");
        var rows = new List<string[]>();
        var folder = Directory.CreateTempSubdirectory("gansharp-metrics-");
        try
        {
            foreach (var (metric, name, count, size) in new[]
                     {
                         (FidelityMeasurement.Frechet, "Fréchet distance", 60_000, 2_048),
                         (FidelityMeasurement.Neighbors, "precision, recall, density, coverage", 10_000, 512),
                     })
            {
                var (real, fake) = (Path.Combine(folder.FullName, $"{metric}-real.npy"), Path.Combine(folder.FullName, $"{metric}-fake.npy"));
                Write(real, "real", count, size, scale: 1, shift: 0);
                Write(fake, "fake", count, size, scale: 0.9, shift: 0.1);
                var own = FidelityMeasurement.Read(ChildProcess.Run("metrics-once", metric, real, fake));
                var peer = complaint is null ? FidelityMeasurement.Read(ChildProcess.RunScript(Script, metric, real, fake)) : null;
                Console.WriteLine($"{name}: {own}; SciPy: {peer}");
                rows.Add([$"{name}, {count:N0} × {size:N0} a side", .. Cells(own), .. Cells(peer), peer is null ? "" : own.LargestDifference(peer).ToString("0.0e+00", CultureInfo.InvariantCulture)]);
                File.Delete(real);
                File.Delete(fake);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        var table = new ResultTable("Metrics of features", ["metric", "GanSharp, s", "peak MB", "SciPy or scikit-learn, s", "peak MB", "relative difference"], rows);
        table.Print();
        return $"{machine}.\n\n{table.ToMarkdown()}";
    }

    private static string[] Cells(FidelityMeasurement? measurement) => measurement is null
        ? ["", ""]
        : [measurement.Seconds.ToString("0.0", CultureInfo.InvariantCulture), measurement.Megabytes.ToString("#,0", CultureInfo.InvariantCulture)];

    /// <summary>Activations of a layer: rectified, correlated, of unlike spread, as those of image networks are.</summary>
    private static void Write(string path, string side, int count, int size, double scale, double shift)
    {
        using var random = SeededRandom.Create(0, side);
        using var mixing = SeededRandom.Create(0, "mixing");
        using var outer = NewDisposeScope();
        var weights = randn([size, size], generator: mixing) * (linspace(0, 6, size).neg().exp() / Math.Sqrt(size)).unsqueeze(1);
        Tensor Piece(int rows)
        {
            using var scope = NewDisposeScope();
            return (randn([rows, size], generator: random) * scale).matmul(weights).add(shift + 0.2).relu().MoveToOuterDisposeScope();
        }
        IEnumerable<Tensor> Pieces()
        {
            for (var start = 0; start < count; start += RowsPerPiece)
            {
                using var piece = Piece(Math.Min(RowsPerPiece, count - start));
                yield return piece;
            }
        }
        NpyFile.Write(path, Pieces());
    }
}
