using System.Globalization;
using System.Runtime.InteropServices;
using GanSharp.Training.State;
using TorchSharp;

namespace GanSharp.Training.Checkpointing;

/// <summary>What bit-identical arithmetic depends on beside the state.</summary>
internal static class RunEnvironment
{
    /// <summary>The name of an entry that runs of several processes have beside <see cref="Of"/>.</summary>
    public const string ProcessesName = "processes";

    /// <summary>The name of the entry for state that each rank had for itself.</summary>
    public const string UnlikeName = "unlike across processes";

    public static string Processes(TrainingState state) => state.Processes.ToString(CultureInfo.InvariantCulture);

    public static SortedDictionary<string, string> Of(torch.Device device) => new(StringComparer.Ordinal)
    {
        ["GanSharp"] = typeof(RunEnvironment).Assembly.GetName().Version?.ToString(3) ?? "unknown",
        ["TorchSharp"] = typeof(torch).Assembly.GetName().Version?.ToString(3) ?? "unknown",
        ["device"] = device.ToString(),
        ["threads"] = torch.get_num_threads().ToString(CultureInfo.InvariantCulture),
        ["processor"] = Processor(),
        ["system"] = RuntimeInformation.RuntimeIdentifier,
    };

    /// <summary>The processor's name where the system tells it: libtorch chooses its kernels by it.</summary>
    private static string Processor()
    {
        const string Field = "model name";
        if (OperatingSystem.IsLinux() && File.Exists("/proc/cpuinfo")
            && File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal)) is { } line)
            return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
