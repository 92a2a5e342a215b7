using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Mpi;

/// <summary>One rank that leaves the others alone ends the whole job, with a message that names it. The worker's timeout is 2 s.</summary>
[Collection(typeof(ChildProcessGroup))]
public sealed class MpiFailureTests
{
    // For .NET to start, and for the launcher to end everything, on a busy machine.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(Mpirun.Mpich, "caught", "caught: the data are damaged")]
    [InlineData(Mpirun.OpenMpi, "caught", "rank 1 of 2 (process *) ends the job: its process ended (exit code 1) before the others")]
    [InlineData(Mpirun.Mpich, "throw", "rank 1 of 2 (process *) ends the job, by an exception that nobody caught: System.IO.InvalidDataException: nobody catches it")]
    [InlineData(Mpirun.Mpich, "exit", "rank 1 of 2 (process *) ends the job: its process ended (exit code 0) before the others")]
    [InlineData(Mpirun.OpenMpi, "forget", "rank 1 of 2 (process *) ends the job: its process ended (exit code 0) before the others")]
    [InlineData(Mpirun.Mpich, "abort", "rank 1 of 2 (process *) ends the job: the loss is NaN.")]
    [InlineData(Mpirun.OpenMpi, "kill", "rank 1 with PID * exited on signal 9 (Killed)")]
    // MPICH's launcher names the process; MpiCommunicator.Members tells its rank.
    [InlineData(Mpirun.Mpich, "kill", "PID * RUNNING AT")]
    [InlineData(Mpirun.OpenMpi, "hang in transfer", "rank 0 of 2 (process *) ends the job: the transfer of AllReduce did not end within 2 s")]
    public void A_rank_that_ends_or_hangs_ends_the_job(string launcher, string how, string message)
    {
        var result = Mpirun.Finish(Mpirun.Start(launcher, 2, ["fail", how]));

        result.ExitCode.Should().NotBe(0);
        result.Errors.ReplaceLineEndings(" ").Insert(0, result.Output).Should().Match($"*{message}*");
        result.Elapsed.Should().BeLessThan(Limit);
    }

    [Theory]
    [InlineData(Mpirun.OpenMpi, "hang")]
    [InlineData(Mpirun.Mpich, "stop")]
    public void Ranks_that_wait_too_long_name_those_that_did_not_come(string launcher, string how)
    {
        var result = Mpirun.Finish(Mpirun.Start(launcher, 3, ["fail", how, "1"]));

        result.ExitCode.Should().NotBe(0);
        result.Errors.Should().ContainAny(
            "it waited 2 s in AllReduce (call 2), and rank 1 did not arrive; rank 2 waits there, too.", "it waited 2 s in AllReduce (call 2), and rank 1 did not arrive; rank 0 waits there, too.");
        result.Elapsed.Should().BeLessThan(Limit);
    }

    [Theory]
    [InlineData(Mpirun.OpenMpi, "libmpich.so.12", "Open MPI's mpirun started 2 processes (OMPI_COMM_WORLD_SIZE=2), but MPICH Version: * knows of 1: the launcher belongs to another MPI.")]
    [InlineData(Mpirun.Mpich, "libmpi.so.40", "MPICH's mpirun (Hydra)* started 2 processes (PMI_SIZE=2), but Open MPI v* knows of 1: the launcher belongs to another MPI.")]
    public void Each_process_alone_under_the_wrong_launcher_is_an_error(string launcher, string library, string message)
    {
        Mpirun.SkipWithout(launcher == Mpirun.OpenMpi ? Mpirun.Mpich : Mpirun.OpenMpi);
        var result = Mpirun.Finish(Mpirun.Start(launcher, 2, ["hello", library]));

        result.ExitCode.Should().NotBe(0);
        result.Errors.ReplaceLineEndings(" ").Should().Match($"*{message}*");
    }
}
