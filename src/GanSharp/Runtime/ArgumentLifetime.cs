using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace GanSharp.Runtime;

/// <summary>
/// Whether TorchSharp's methods keep their arguments alive until they return. Unmodified, TorchSharp 0.107.0 reads a native address from an object and
/// calls libtorch, but nothing keeps the object alive during the call: a garbage collection started by another thread may let the finalizer free a number
/// while the operator reads it. The operator then fails with a meaningless error, computes with a wrong number, or the process ends.
/// GanSharp's build step gives an application a copy of TorchSharp.dll that the JIT doesn't optimize, so that arguments live until the method returns.
/// </summary>
public static class ArgumentLifetime
{
    private static int isWarned;

    /// <summary>Whether such a copy is in use. If it isn't, train only in a process in which no other thread allocates.</summary>
    public static bool IsSafe { get; } =
        RuntimeFeature.IsDynamicCodeCompiled && typeof(Tensor).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true };

    /// <summary>A warning for the user; null where there is no problem or the user was already warned.</summary>
    internal static string? WarnOnce() => IsSafe || Interlocked.Exchange(ref isWarned, 1) == 1 ? null : Warning;

    internal const string Warning =
        "TorchSharp.dll is loaded unchanged from its package, so a garbage collection on another thread may free a number under a running operator: "
        + "wrong results, errors that make no sense, or a crash. Reference the package GanSharp in the executable's project, so that its build step runs, "
        + "don't set GanSharpKeepTorchSharpArgumentsAlive to false, and don't publish with PublishAot. More: docs/reliability.md, 'Other threads of the process'";
}
