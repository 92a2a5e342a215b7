using System.Diagnostics;
using System.Globalization;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks;

/// <summary>Live tensors and resident memory over 10,000 steps of the image recipe on small images, with a look of the diagnostics every 1,000.</summary>
internal static class MemoryRun
{
    private const int Steps = 10_000, Interval = 1_000;

    public static void Print()
    {
        manual_seed(0);
        var image = new ImageShape(1, 16, 16);
        using var data = new InMemoryDataset(randint(0, 256, [4_000, 1, 16, 16], ScalarType.Byte)).Split(0.25);
        using var generator = new DcganGenerator(image, latentSize: 16, width: 8);
        using var discriminator = new DcganDiscriminator(image, width: 8);
        using var trainer = new GanTrainer(generator, discriminator, data, TrainingOptions.RegularizedRelativistic(Steps, gamma: 1) with { BatchSize = 32 });
        var table = new Table().AddColumns("step", "live tensors", "resident MB");
        foreach (var report in trainer.Train(Steps).Every(Interval))
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            using var process = Process.GetCurrentProcess();
            table.AddRow(
                report.Step.ToString("N0", CultureInfo.InvariantCulture),
                Tensor.TotalCount.ToString(CultureInfo.InvariantCulture),
                (process.WorkingSet64 / 1e6).ToString("0", CultureInfo.InvariantCulture));
        }
        AnsiConsole.Write(table);
    }
}
