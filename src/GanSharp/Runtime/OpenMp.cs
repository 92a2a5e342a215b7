using System.Runtime.InteropServices;

namespace GanSharp.Runtime;

/// <summary>How the threads of libtorch's OpenMP wait for each other. OpenMP reads the environment once, when it is loaded.</summary>
internal static partial class OpenMp
{
    private const string Variable = "OMP_WAIT_POLICY";
    private static string? refusal;
    private static bool isSet;

    public static string State =>
        refusal is not null ? $"as by default (passive was refused: {refusal})"
        : isSet ? "passively"
        : Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } policy ? $"as {Variable}={policy} says"
        : "as by default";

    public static void WaitPassively()
    {
        if (isSet)
            return;
        refusal = !OperatingSystem.IsLinux() ? "it is known for Linux only"
            : MemoryMap.Read().Any(region => region.FileName.StartsWith("libgomp", StringComparison.Ordinal))
                ? $"TorchSharp is loaded already; apply the tuning before its first use, or set {Variable}=passive before the program starts"
            : null;
        // .NET's own SetEnvironmentVariable doesn't reach the C library's environment.
        isSet = refusal is null && SetEnvironment(Variable, "passive", 1) == 0;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
