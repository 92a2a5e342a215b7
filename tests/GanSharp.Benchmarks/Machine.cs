using System.Globalization;

namespace GanSharp.Benchmarks;

/// <summary>What the figures belong to.</summary>
internal static class Machine
{
    /// <summary>Processor, cores, and how busy the machine is: other work shows in the load average and spoils timings.</summary>
    public static string Describe() => FormattableString.Invariant(
        $"{Processor()}, {Environment.ProcessorCount} processors, libtorch {TorchSharp.torch.__version__}, .NET {Environment.Version}, load average {LoadAverage()} when the run began");

    private static string Processor() =>
        File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").Where(line => line.StartsWith("model name", StringComparison.Ordinal)).Select(line => line.Split(':', 2)[1].Trim()).FirstOrDefault("unknown processor")
            : "unknown processor";

    private static string LoadAverage() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture).ToString("0.0", CultureInfo.InvariantCulture) : "unknown";

    /// <summary>The most memory that this process has had resident so far.</summary>
    public static double PeakResidentMegabytes() =>
        File.ReadLines("/proc/self/status").Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024).FirstOrDefault(double.NaN);
}
