using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace GanSharp.Runtime;

/// <summary>
/// Whether TorchSharp's native library can be used. GanSharp checks before its first tensor, so that a missing file is named at once
/// instead of being hidden in a type initializer's exception.
/// </summary>
public static partial class TorchRuntime
{
    private static readonly Lazy<Exception?> Failure = new(FirstUse);

    /// <summary>Throws where the native library can't be loaded. Costs nothing after the first call.</summary>
    /// <exception cref="TorchRuntimeException">The message says what is missing and what to do.</exception>
    public static void EnsureLoaded()
    {
        if (Failure.Value is { } failure)
            throw new TorchRuntimeException(Explain(Complaint(AppContext.BaseDirectory)), failure);
    }

    private static Exception? FirstUse()
    {
        try
        {
            using var probe = zeros(1);
            return null;
        }
        catch (Exception exception) when (exception is DllNotFoundException or TypeInitializationException or NotSupportedException or BadImageFormatException or EntryPointNotFoundException)
        {
            return exception;
        }
    }

    /// <summary>The system loader's error for the native files in the program's folder; null where there are none. TorchSharp doesn't pass it on.</summary>
    internal static string? Complaint(string programFolder)
    {
        var (prefix, suffix) = OperatingSystem.IsWindows() ? ("", ".dll") : OperatingSystem.IsMacOS() ? ("lib", ".dylib") : ("lib", ".so");
        string? complaint = null;
        foreach (var name in new[] { "torch_cpu", "LibTorchSharp" })
        {
            var file = new[] { programFolder, Path.Combine(programFolder, "runtimes", RuntimeInformation.RuntimeIdentifier, "native") }
                .Select(folder => Path.Combine(folder, $"{prefix}{name}{suffix}")).FirstOrDefault(File.Exists);
            if (file is null)
                return complaint;
            try
            {
                NativeLibrary.Load(file);
            }
            catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
            {
                complaint ??= exception.Message;
            }
        }
        return complaint ?? "the files load, but the first tensor fails";
    }

    /// <summary>Turns the loader's error into advice for the user.</summary>
    internal static string Explain(string? complaint)
    {
        const string Prefix = "TorchSharp's native library can't be used: ";
        if (complaint is null)
            return $"{Prefix}no backend for {RuntimeInformation.RuntimeIdentifier} is beside the program. Reference one of TorchSharp's backend packages in the executable's project: "
                + "TorchSharp-cpu, or TorchSharp-cuda-linux or TorchSharp-cuda-windows for NVIDIA GPUs.";
        if (MissingVersion().Match(complaint) is { Success: true } version)
            return $"{Prefix}it needs {version.Value}, which this system's C++ runtime doesn't have. Build on this machine, or anywhere with "
                + "-p:GanSharpRelaxLibstdcxx=always: GanSharp's build step then relaxes that need. A newer libstdc++ helps as well.";
        if (MissingLibrary().Match(complaint) is { Success: true } library)
            return $"{Prefix}it needs {library.Groups[1].Value}, which is missing on this system. Install the package that holds it.";
        return $"{Prefix}{complaint}";
    }

    [GeneratedRegex(@"(GLIBCXX|GLIBC|CXXABI)_[0-9.]*[0-9]")]
    private static partial Regex MissingVersion();

    [GeneratedRegex(@"([\w.+-]+\.so[\w.]*): cannot open shared object file")]
    private static partial Regex MissingLibrary();
}
