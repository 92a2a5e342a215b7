using System.Runtime.InteropServices;

namespace GanSharp.Runtime;

/// <summary>What libtorch says where it can't get memory: it throws one type for everything, so only the text tells.</summary>
internal static class OutOfMemory
{
    // The allocators of Linux, Windows and CUDA, and CUDA's libraries.
    private static readonly string[] Signs = ["can't allocate memory", "not enough memory", "out of memory", "ALLOC_FAILED"];

    /// <summary>Whether memory that ran out is what an exception, or its cause, is about.</summary>
    public static bool Explains(Exception exception) =>
        exception is OutOfMemoryException
        || (exception is ExternalException && Signs.Any(sign => exception.Message.Contains(sign, StringComparison.OrdinalIgnoreCase)))
        || (exception.InnerException is { } cause && Explains(cause));
}
