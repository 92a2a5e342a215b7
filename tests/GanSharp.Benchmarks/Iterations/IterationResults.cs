using System.Globalization;

namespace GanSharp.Benchmarks.Iterations;

/// <summary>The measurements of one run, and the tables made of them. Ratios are medians over paired repeats.</summary>
/// <param name="workloads">The tables' columns.</param>
/// <param name="processorTime">Whether ratios and shares are of processor time and not of the wall clock.</param>
internal sealed class IterationResults(IReadOnlyList<Workload> workloads, bool processorTime)
{
    private readonly Dictionary<(string Workload, string Variant), List<Measurement>> measurements = [];
    private readonly Dictionary<(string Workload, string Variant), List<Limits>> limits = [];
    private readonly Dictionary<(string Workload, string Variant), double> differences = [];

    public void Add(Workload workload, string variant, Measurement measurement) => List(measurements, workload, variant).Add(measurement);

    public void Add(Workload workload, Variant variant, Limits limit) => List(limits, workload, variant.Name).Add(limit);

    public void AddDifference(Workload workload, Variant variant, double difference) =>
        differences[(workload.Name, variant == Variant.Naive ? $"{variant.Name}, on one thread" : variant.Name)] = difference;

    public IEnumerable<ResultTable> Tables()
    {
        string[] variants = [.. measurements.Keys.Select(key => key.Variant).Distinct()];
        string[] baselines = [.. variants.Where(name => name == Variant.Naive.Name || name == Variant.PyTorch)], ours = [.. variants.Except(baselines)];
        var clock = processorTime ? "processor time" : "the wall clock";
        yield return Table("Milliseconds an iteration, by the wall clock", variants, (workload, variant) => Median(workload, variant, measured => measured.Milliseconds.Wall, "0.00"));
        yield return Table("Milliseconds an iteration, processor time of all threads (those that wait by spinning count)", variants, (workload, variant) => Median(workload, variant, measured => measured.Milliseconds.Processor, "0.00"));
        yield return Table("Real samples a second", variants, (workload, variant) => Median(workload, variant, measured => 1000 * workload.BatchSize / measured.Milliseconds.Wall, "#,0"));
        yield return Table("Peak resident memory, MB", variants, (workload, variant) => Median(workload, variant, measured => measured.PeakMegabytes, "#,0"));
        yield return Table($"Ratio of iteration times by {clock}: median [least, most] of the paired repeats", [.. from other in baselines from variant in ours select $"{other} / {variant}"], Ratio);
        string[] limited = [.. limits.Keys.Select(key => key.Variant).Distinct()];
        yield return Table($"Share of the roofline: minimal kernels at the same precision and path / iteration, by {clock}", limited, Share);
        yield return Table($"The largest ratio that these kernels leave room for: {Variant.Naive.Name} / minimal kernels, by {clock}", limited, Bound);
        yield return Table($"Minimal kernels by {clock}: ms (GF/s) of at most GF/s in a large matrix product", limited, Kernels);
        yield return Table($"Largest relative difference from the naive loop's losses in the first {Agreement.Steps} steps", [.. differences.Keys.Select(key => key.Variant).Distinct()],
            (workload, variant) => differences.TryGetValue((workload.Name, variant), out var difference) ? difference.ToString("0.0e0", CultureInfo.InvariantCulture) : "");
    }

    /// <summary>What each variant said was in force.</summary>
    public IEnumerable<string> Compute() =>
        measurements.GroupBy(entry => entry.Key.Variant).Select(group => $"{group.Key}: {group.First().Value[0].Compute}");

    /// <summary>How often the machine's processors shared no cache, which costs whatever one thread reads of another's.</summary>
    public string Distance()
    {
        var distances = measurements.SelectMany(entry => entry.Value).Select(measured => measured.ProcessorDistanceNanoseconds).Where(distance => distance > 0).ToArray();
        return FormattableString.Invariant(
            $"The processors shared no cache (a round trip between two threads above {ProcessorDistance.FarNanoseconds} ns) in {distances.Count(distance => distance > ProcessorDistance.FarNanoseconds)} of {distances.Length} measurements of TorchSharp");
    }

    private ResultTable Table(string title, string[] rows, Func<Workload, string, string> cell) =>
        new(title, ["", .. workloads.Select(workload => workload.Name)], [.. rows.Select(row => (string[])[row, .. workloads.Select(workload => cell(workload, row))])]);

    private string Median(Workload workload, string variant, Func<Measurement, double> value, string format) =>
        Timing.Median(measurements[(workload.Name, variant)].Select(value)).ToString(format, CultureInfo.InvariantCulture);

    private string Ratio(Workload workload, string pair)
    {
        var names = pair.Split(" / ");
        var ratios = measurements[(workload.Name, names[0])].Zip(measurements[(workload.Name, names[1])], (other, ours) => other.Milliseconds.By(processorTime) / ours.Milliseconds.By(processorTime)).ToArray();
        return FormattableString.Invariant($"{Timing.Median(ratios):0.00} [{ratios.Min():0.00}, {ratios.Max():0.00}]");
    }

    private string Share(Workload workload, string variant) => (KernelTime(workload, variant) / IterationTime(workload, variant)).ToString("0%", CultureInfo.InvariantCulture);

    private string Bound(Workload workload, string variant) => (IterationTime(workload, Variant.Naive.Name) / KernelTime(workload, variant)).ToString("0.00", CultureInfo.InvariantCulture);

    private double KernelTime(Workload workload, string variant) => Timing.Median(limits[(workload.Name, variant)].Select(limit => limit.Milliseconds.By(processorTime)));

    private double IterationTime(Workload workload, string variant) => Timing.Median(measurements[(workload.Name, variant)].Select(measured => measured.Milliseconds.By(processorTime)));

    private string Kernels(Workload workload, string variant)
    {
        var known = limits[(workload.Name, variant)];
        var milliseconds = Timing.Median(known.Select(limit => limit.Milliseconds.By(processorTime)));
        return FormattableString.Invariant($"{milliseconds:0.00} ({1000 * known[0].Gigaflops / milliseconds:0}) of {known.Max(limit => limit.RoofGigaflopsPerSecond):0}");
    }

    private static List<T> List<T>(Dictionary<(string, string), List<T>> lists, Workload workload, string variant) =>
        lists.TryGetValue((workload.Name, variant), out var list) ? list : lists[(workload.Name, variant)] = [];
}
