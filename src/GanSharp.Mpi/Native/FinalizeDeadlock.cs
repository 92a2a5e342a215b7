using System.Text.RegularExpressions;

namespace GanSharp.Mpi.Native;

/// <summary>
/// A fault of MPICH before 4.2 over UCX (pmodels/mpich#6596). In MPI_Finalize each rank asks the others for a last answer and then waits at a barrier, where it answers nobody. A rank that answered before it
/// asked, because it was still in an earlier call, then waits forever. Between two hosts over TCP, on busy processors, 10 of 60 jobs hung without the pause and none of 160 with it.
/// </summary>
internal static partial class FinalizeDeadlock
{
    /// <summary>How long a rank stays out of MPI before MPI_Finalize, so that the others have left their earlier calls when its question arrives.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether a library has the fault.</summary>
    /// <param name="description">What MPI_Get_library_version says.</param>
    public static bool IsPossible(string description) =>
        description.Contains("ch4:ucx", StringComparison.Ordinal) && MpichVersion().Match(description) is { Success: true } match && Version.Parse(match.Groups[1].Value) < new Version(4, 2);

    [GeneratedRegex(@"MPICH Version:\s*(\d+\.\d+)")]
    private static partial Regex MpichVersion();
}
