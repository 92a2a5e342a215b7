using System.Runtime.InteropServices;

namespace GanSharp.Runtime;

/// <summary>Recognizes libtorch's errors when it can't get memory: it throws one type for everything, so only the text shows the cause.</summary>
internal static class OutOfMemory
{
    // The allocators of Linux, Windows and CUDA, and CUDA's libraries.
    private static readonly string[] Signs = ["can't allocate memory", "not enough memory", "out of memory", "ALLOC_FAILED"];

    /// <summary>Whether an exception, or its inner exception, reports that memory ran out.</summary>
    public static bool Explains(Exception exception) =>
        exception is OutOfMemoryException
        || (exception is ExternalException && Signs.Any(sign => exception.Message.Contains(sign, StringComparison.OrdinalIgnoreCase)))
        || (exception.InnerException is { } cause && Explains(cause));
}
