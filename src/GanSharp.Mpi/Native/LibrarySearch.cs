using System.Runtime.InteropServices;

namespace GanSharp.Mpi.Native;

/// <summary>Finds the MPI library that belongs to the launcher.</summary>
internal static class LibrarySearch
{
    /// <summary>The environment's name for a library's path, which goes before everything but an option.</summary>
    public const string Variable = "GANSHARP_MPI_LIBRARY";

    // Debian's names; those that Open MPI and MPICH install by themselves; Intel's, which is MPICH's; that of the standard's interface; names of development packages last, because they may be either's.
    private static readonly (string Name, MpiFamily? Family)[] Linux =
        [("libmpi.so.40", MpiFamily.OpenMpi), ("libmpich.so.12", MpiFamily.Mpich), ("libmpi.so.12", MpiFamily.Mpich), ("libmpi_abi.so.0", MpiFamily.StandardAbi), ("libmpi.so", null)];

    private static readonly (string Name, MpiFamily? Family)[] Mac =
        [("libmpi.40.dylib", MpiFamily.OpenMpi), ("libmpi.12.dylib", MpiFamily.Mpich), ("libmpi_abi.0.dylib", MpiFamily.StandardAbi), ("libmpi.dylib", null)];

    /// <summary>The library; null where none is found and none was asked for.</summary>
    /// <param name="path">One that was asked for, by an option or the environment.</param>
    /// <param name="launcher">What started the process.</param>
    /// <exception cref="MpiException">A launcher needs one, or one was named, and there is none that can be used.</exception>
    public static MpiLibrary? Find(string? path, Launcher? launcher)
    {
        var tried = new List<string>();
        if (path is not null)
            return Load(path, null, tried) ?? throw new MpiException($"The MPI library that was named can't be used: {string.Join("; ", tried)}.");
        foreach (var (name, family) in OperatingSystem.IsMacOS() ? Mac : Linux)
            // Every family may offer the standard's interface.
            if ((launcher?.Family is not { } wanted || family is null || family == wanted || family == MpiFamily.StandardAbi) && Load(name, launcher?.Family, tried) is { } library)
                return library;
        return launcher is null ? null : throw new MpiException(
            $"The process was started by {launcher.Name}, but no MPI library that fits it was found. Tried: {string.Join("; ", tried)}. "
            + $"Install it (Debian: openmpi-bin or mpich), add its folder to LD_LIBRARY_PATH, or name the file in MpiOptions.Library or {Variable}.");
    }

    private static MpiLibrary? Load(string name, MpiFamily? wanted, List<string> tried)
    {
        try
        {
            var library = NativeLibrary.Load(name);
            if (!NativeLibrary.TryGetExport(library, "MPI_Init_thread", out _))
            {
                tried.Add($"{name} (no MPI library)");
                return null;
            }
            var family = FamilyOf(library);
            if (wanted is { } of && family != of && family != MpiFamily.StandardAbi)
            {
                tried.Add($"{name} (of another family: {family})");
                return null;
            }
            return new MpiLibrary(name, library, family);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            // The first line says it; the others list where .NET has looked.
            tried.Add($"{name} ({exception.Message.Split('\n').Last(line => line.Length > 0).Trim()})");
            return null;
        }
    }

    // The standard's interface first: where Open MPI or MPICH offer it, their own variables are found through it, too.
    private static MpiFamily FamilyOf(nint library) =>
        OffersStandard(library) ? MpiFamily.StandardAbi
        : NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out _) ? MpiFamily.OpenMpi
        : MpiFamily.Mpich;

    // Every library of MPI 5 has the function; where handles aren't the standard's it answers −1.
    private static unsafe bool OffersStandard(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "MPI_Abi_get_version", out var function))
            return false;
        var (major, minor) = (-1, -1);
        return ((delegate* unmanaged[Cdecl]<int*, int*, int>)function)(&major, &minor) == 0 && major > 0;
    }
}
