using System.Globalization;
using GanSharp.Optimization.Averages;
using GanSharp.Safetensors;

namespace GanSharp.Networks.Weights;

/// <summary>A file of weights that is a power-function average as it was at one time of a run.</summary>
/// <param name="Path">The file.</param>
/// <param name="Profile">The weight of each time in it.</param>
/// <param name="Run">Which run it is of.</param>
internal sealed record AverageSnapshot(string Path, PowerProfile Profile, string Run)
{
    private const string WidthKey = "average.relative_width", ImagesKey = "average.images", RunKey = "average.run", Extension = ".safetensors";

    /// <summary>Writes a run's power-function averages as they are now.</summary>
    /// <returns>The files.</returns>
    /// <exception cref="InvalidOperationException">There is nothing to write.</exception>
    public static IReadOnlyList<string> SaveAll(GeneratorNetwork generator, AverageSet averages, string folder, string run)
    {
        var powers = averages.Named.Where(average => average.Options is PowerAverage).ToArray();
        if (powers.Length == 0)
            throw new InvalidOperationException("SaveAverages needs a run that keeps a PowerAverage. Set Averages = [new PowerAverage(0.05), new PowerAverage(0.1)] in its options.");
        if (powers[0].ImagesSeen <= 0)
            throw new InvalidOperationException("SaveAverages needs at least one step before it, or there is nothing to average.");
        Directory.CreateDirectory(folder);
        return [.. powers.Select(average => Save(generator, average, folder, run))];
    }

    /// <summary>All of a folder, oldest first.</summary>
    /// <exception cref="InvalidSafetensorsException">A file of weights is damaged.</exception>
    public static IReadOnlyList<AverageSnapshot> List(string folder) =>
        [.. Directory.EnumerateFiles(folder, $"*{Extension}").Select(TryRead).OfType<AverageSnapshot>().OrderBy(snapshot => snapshot.Profile.Time).ThenBy(snapshot => snapshot.Path, StringComparer.Ordinal)];

    private static string Save(GeneratorNetwork generator, WeightAverage average, string folder, string run)
    {
        var path = System.IO.Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{average.Name}-{average.ImagesSeen:000000000000}{Extension}"));
        using var applied = average.Apply();
        generator.SaveWeights(path, new Dictionary<string, string>
        {
            ["format"] = "pt",
            [WidthKey] = ((PowerAverage)average.Options).RelativeWidth.ToString("R", CultureInfo.InvariantCulture),
            [ImagesKey] = average.ImagesSeen.ToString("R", CultureInfo.InvariantCulture),
            [RunKey] = run,
        });
        return path;
    }

    /// <summary>Null where a file holds weights that are no snapshot, or says what no snapshot says.</summary>
    private static AverageSnapshot? TryRead(string path)
    {
        using var file = File.OpenRead(path);
        var metadata = new SafetensorsHeaderReader(path, file.Length).Read(file).Metadata;
        double Number(string key) => double.TryParse(metadata.GetValueOrDefault(key), CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : 0;
        var (width, images) = (Number(WidthKey), Number(ImagesKey));
        return PowerAverage.IsWidth(width) && images > 0
            ? new AverageSnapshot(path, new PowerProfile(new PowerAverage(width).Exponent, images), metadata.GetValueOrDefault(RunKey) ?? "") : null;
    }
}
