using System.Globalization;
using GanSharp.Benchmarks.Iterations;
using SkiaSharp;

namespace GanSharp.Benchmarks.Feeding;

/// <summary>Makes two folders of PNG files and measures every source on them, each in a process of its own.</summary>
internal static class FeedRun
{
    private static readonly (int Side, string Name)[] Folders = [(28, "28 × 28, gray"), (64, "64 × 64, color")];

    /// <summary>Returns the section for a document.</summary>
    public static string Measure(int images, double seconds)
    {
        var machine = Machine.Describe();
        var rows = new List<string[]>();
        var folder = Directory.CreateTempSubdirectory("gansharp-feed-");
        try
        {
            foreach (var (side, name) in Folders)
            {
                var pictures = folder.CreateSubdirectory($"{side}");
                var bytes = WritePictures(pictures.FullName, images, side);
                foreach (var source in Enum.GetValues<FeedSource>())
                {
                    var found = FeedMeasurement.Read(ChildProcess.Run("feed", $"{source}", pictures.FullName, $"{side}", "--seconds", seconds.ToString(CultureInfo.InvariantCulture)));
                    Console.WriteLine($"{name}, {source}: {found}");
                    rows.Add([$"{name} ({bytes / images:N0} bytes a file)", Describe(source), Number(found.OpenSeconds, "0.0"), Number(found.ImagesPerSecond, "#,0"),
                        Number(found.IterationMilliseconds, "0.0"), Number(found.WaitingMilliseconds, "0.00"), Number(found.WaitingMilliseconds / found.IterationMilliseconds, "0.0%"), Number(found.PeakMegabytes, "0")]);
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        var table = new ResultTable($"{images:N0} PNG files a folder, DCGAN of width 64, batch 64", ["images", "source", "s to open", "images/s", "ms an iteration", "of it waiting", "share", "peak MB"], rows);
        table.Print();
        return $"{machine}. {seconds.ToString(CultureInfo.InvariantCulture)} s a row.\n\n{table.ToMarkdown()}";
    }

    /// <summary>A bright disc on a gradient, with noise: no two alike, and compressible like a drawing, not like a photo. Returns the bytes of all files.</summary>
    private static long WritePictures(string folder, int images, int side)
    {
        var total = 0L;
        Parallel.For(0, images, number =>
        {
            var random = new Random(number);
            var (hue, x, y, radius) = (random.Next(256), random.Next(side), random.Next(side), random.Next(2, side / 2));
            using var bitmap = new SKBitmap(new SKImageInfo(side, side, side == 28 ? SKColorType.Gray8 : SKColorType.Rgb888x, SKAlphaType.Opaque));
            for (var pixel = 0; pixel < side * side; pixel++)
            {
                var (dx, dy) = (pixel % side - x, pixel / side - y);
                var bright = (dx * dx + dy * dy < radius * radius ? 120 : 20) + random.Next(16);
                bitmap.SetPixel(pixel % side, pixel / side, new SKColor((byte)(bright + hue / 4), (byte)(bright + 2 * (pixel % side) * 28 / side), (byte)(bright + 2 * (pixel / side) * 28 / side)));
            }
            using var file = File.Create(Path.Combine(folder, $"{number:00000}.png"));
            bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
            Interlocked.Add(ref total, file.Length);
        });
        return total;
    }

    private static string Describe(FeedSource source) => source switch
    {
        FeedSource.DecodeOnly => "decoded by one thread, nothing trained",
        FeedSource.Memory => "ImageFolder.Load",
        FeedSource.Stream => "ImageFolder.Stream",
        _ => "the same with BatchesAhead = 0",
    };

    private static string Number(double value, string format) => double.IsNaN(value) ? "" : value.ToString(format, CultureInfo.InvariantCulture);
}
