using System.Globalization;

namespace GanSharp.Reporting.Runs;

/// <summary>Where things are in a run folder.</summary>
internal sealed class RunLayout(string folder)
{
    public const string Gan = "gan", Vae = "vae";
    private const string CheckpointPrefix = "step-", Png = ".png";

    public string FullName { get; } = Path.GetFullPath(folder);

    public string Info => In("run.json");

    public string Options => In("options.json");

    public string Reports => In("reports.jsonl");

    public string Table => In("reports.csv");

    public string Page => In("report.html");

    public string Samples => In("samples");

    public string RealSamples => Path.Combine(Samples, $"real{Png}");

    public string Plots => In("plots");

    public string TrainingPlot => Path.Combine(Plots, $"training{Png}");

    public string DiagnosticsPlot => Path.Combine(Plots, $"diagnostics{Png}");

    public string Checkpoints => In("checkpoints");

    public string SamplesAt(long step) => Path.Combine(Samples, string.Create(CultureInfo.InvariantCulture, $"{step:00000000}{Png}"));

    public IReadOnlyList<RunFile> ListSamples() => !Directory.Exists(Samples) ? [] : InOrder(
        Directory.EnumerateFiles(Samples, $"*{Png}"), path => Path.GetFileNameWithoutExtension(path) is { Length: >= 8 } name && Path.GetExtension(path) == Png ? name : null);

    public IReadOnlyList<RunFile> ListCheckpoints() => !Directory.Exists(Checkpoints) ? [] : InOrder(
        Directory.EnumerateDirectories(Checkpoints, $"{CheckpointPrefix}*"), path => Path.GetFileName(path) is { Length: >= 14 } name ? name[CheckpointPrefix.Length..] : null);

    private string In(string name) => Path.Combine(FullName, name);

    private static RunFile[] InOrder(IEnumerable<string> paths, Func<string, string?> step) =>
    [
        .. from path in paths
           let number = long.TryParse(step(path), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : -1
           where number >= 0
           orderby number
           select new RunFile(number, path),
    ];
}
