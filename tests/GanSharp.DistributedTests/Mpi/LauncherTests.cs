using FluentAssertions;
using GanSharp.Mpi;
using GanSharp.Mpi.Native;
using Xunit;

namespace GanSharp.Tests.Mpi;

/// <summary>Which MPI library is taken, by what started the process.</summary>
public sealed class LauncherTests
{
    [Theory]
    [InlineData("OMPI_COMM_WORLD_SIZE=4 PMI_SIZE=2", "OMPI_COMM_WORLD_SIZE", 4)]
    [InlineData("PMI_SIZE=2 SLURM_NTASKS=8", "PMI_SIZE", 2)]
    [InlineData("SLURM_STEP_NUM_TASKS=8", "SLURM_STEP_NUM_TASKS", 8)]
    [InlineData("WORLD_SIZE=3", "WORLD_SIZE", 3)]
    [InlineData("PMIX_RANK=0", null, null)]
    public void The_launcher_is_known_by_what_it_set(string environment, string? variable, int? size)
    {
        var launcher = Of(environment);

        (launcher!.SizeVariable, launcher.Size).Should().Be((variable, size));
    }

    [Theory]
    [InlineData("")]
    // A batch script's own, which no srun started.
    [InlineData("SLURM_NTASKS=8")]
    [InlineData("OMPI_COMM_WORLD_SIZE=many")]
    public void A_process_that_none_started_has_none(string environment) => Of(environment).Should().BeNull();

    [Fact]
    public void Another_size_than_the_launcher_s_is_an_error_that_names_both()
    {
        var launcher = Of("PMI_SIZE=8")!;

        launcher.Invoking(known => known.ThrowIfNotOf(8, "MPICH")).Should().NotThrow();
        launcher.Invoking(known => known.ThrowIfNotOf(1, "Open MPI v4.1.4 (libmpi.so.40)")).Should().Throw<MpiException>()
            .WithMessage("*Hydra*started 8 processes (PMI_SIZE=8), but Open MPI v4.1.4 (libmpi.so.40) knows of 1*");
    }

    [Theory]
    [InlineData("MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7 12:34:45 CDT 2022\nMPICH Device:\tch4:ucx\n", true)]
    [InlineData("MPICH Version:      4.1.3\nMPICH Device:       ch4:ucx\n", true)]
    [InlineData("MPICH Version:      4.2.0\nMPICH Device:       ch4:ucx\n", false)]
    [InlineData("MPICH Version:      4.10\nMPICH Device:       ch4:ucx\n", false)]
    [InlineData("MPICH Version:      3.4.2\nMPICH Device:       ch4:ofi\n", false)]
    [InlineData("Open MPI v4.1.4, package: Debian OpenMPI", false)]
    public void Mpich_that_may_hang_at_its_end_is_known_by_what_it_says(string description, bool expected) => FinalizeDeadlock.IsPossible(description).Should().Be(expected);

    [Fact]
    public void A_library_that_is_named_and_is_not_there_is_an_error_that_names_it()
    {
        var find = () => LibrarySearch.Find("/nowhere/libmpi.so", null);

        find.Should().Throw<MpiException>().WithMessage("The MPI library that was named can't be used: /nowhere/libmpi.so (*No such file*");
    }

    [Fact]
    public void A_library_that_is_no_mpi_is_an_error_that_says_so()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It names a library of Linux.");
        var find = () => LibrarySearch.Find("libc.so.6", null);

        find.Should().Throw<MpiException>().WithMessage("*libc.so.6 (no MPI library).");
    }

    [Theory]
    [InlineData(0.5, 25_000_000, "x", "MpiOptions.Timeout must be 1 s to 20 days, or null, but is 00:00:00.5*")]
    [InlineData(5, 0, "x", "MpiOptions.BucketBytes must be at least 1 but is 0.*")]
    [InlineData(5, 1, "", "MpiOptions.Library must be a path or null but is empty.*")]
    public void An_invalid_option_is_refused_before_MPI_begins(double seconds, long bucketBytes, string library, string message)
    {
        var initialize = () => MpiCommunicator.Initialize(new MpiOptions { Timeout = TimeSpan.FromSeconds(seconds), BucketBytes = bucketBytes, Library = library });

        initialize.Should().Throw<ArgumentException>().WithMessage(message);
    }

    private static Launcher? Of(string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split('=')).ToDictionary(parts => parts[0], parts => parts[1]);
        return Launcher.Find(name => variables.GetValueOrDefault(name));
    }
}
