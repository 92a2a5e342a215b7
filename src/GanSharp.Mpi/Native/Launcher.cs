using System.Globalization;

namespace GanSharp.Mpi.Native;

/// <summary>What started this process, by the variables that it set.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Family">The libraries that understand it; null where several do.</param>
/// <param name="SizeVariable">The variable that holds the number of processes.</param>
/// <param name="Size">That number; null where it isn't known.</param>
internal sealed record Launcher(string Name, MpiFamily? Family, string? SizeVariable, int? Size)
{
    // In this order: an mpirun that was started inside of a Slurm job has Slurm's variables as well.
    private static readonly (string Variable, string Name, MpiFamily? Family)[] Known =
    [
        ("OMPI_COMM_WORLD_SIZE", "Open MPI's mpirun", MpiFamily.OpenMpi),
        ("PMI_SIZE", "MPICH's mpirun (Hydra) or another launcher that speaks PMI", MpiFamily.Mpich),
        // Slurm sets those of the step only in processes that srun started.
        ("SLURM_STEP_NUM_TASKS", "Slurm's srun", null),
        ("WORLD_SIZE", "torchrun or a like launcher", null),
    ];

    // Launchers that say nothing of the number of processes: their library is needed to know it.
    private static readonly string[] Others = ["PMIX_RANK", "PMI_RANK", "PMI_FD", "PALS_RANKID", "FLUX_TASK_RANK", "ALPS_APP_PE"];

    /// <summary>The launcher of this process; null where it was started on its own.</summary>
    /// <param name="variable">Reads a variable of the environment.</param>
    public static Launcher? Find(Func<string, string?> variable)
    {
        foreach (var (name, launcher, family) in Known)
            if (int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                return new Launcher(launcher, family, name, size);
        return Others.FirstOrDefault(name => variable(name) is { Length: > 0 }) is { } other ? new Launcher($"a launcher that set {other}", null, null, null) : null;
    }

    /// <summary>Throws where MPI knows of another number of processes: each would train alone and believe to be rank 0.</summary>
    /// <param name="size">What MPI says.</param>
    /// <param name="library">MPI's name.</param>
    /// <exception cref="MpiException">They differ.</exception>
    public void ThrowIfNotOf(int size, string library)
    {
        if (Size is { } started && started != size)
            throw new MpiException(
                $"{Name} started {started} processes ({SizeVariable}={started}), but {library} knows of {size}: the launcher belongs to another MPI. "
                + $"Start the program by the mpirun of {library}, or name the launcher's library in MpiOptions.Library or {LibrarySearch.Variable}.");
    }
}
