using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Mpi;

/// <summary>What the communicator does, on every rank of real jobs; the checks themselves are GanSharp.MpiWorker's.</summary>
[Collection(typeof(ChildProcessGroup))]
public sealed class MpiCollectiveTests
{
    private const int AnyRanks = 30, SeveralRanks = 4;

    [Theory]
    [InlineData(Mpirun.OpenMpi, 1)]
    [InlineData(Mpirun.OpenMpi, 2)]
    [InlineData(Mpirun.OpenMpi, 3)]
    [InlineData(Mpirun.OpenMpi, 4)]
    [InlineData(Mpirun.Mpich, 1)]
    [InlineData(Mpirun.Mpich, 2)]
    [InlineData(Mpirun.Mpich, 3)]
    [InlineData(Mpirun.Mpich, 4)]
    public void Sums_copies_errors_and_threads_are_right_on_every_rank(string launcher, int ranks)
    {
        var lines = Mpirun.Run(launcher, ranks, "check").Split('\n', StringSplitOptions.RemoveEmptyEntries);

        lines.Where(line => !line.EndsWith(": ok", StringComparison.Ordinal)).Should().BeEmpty();
        for (var rank = 0; rank < ranks; rank++)
            lines.Count(line => line.StartsWith($"[{rank}] ", StringComparison.Ordinal)).Should().Be(AnyRanks + (ranks > 1 ? SeveralRanks : 0));
    }

    [Fact]
    public void A_program_that_no_launcher_started_is_rank_0_of_1()
    {
        var result = Mpirun.Finish(Mpirun.Start([.. Mpirun.Worker, "hello"]));

        result.ExitCode.Should().Be(0, result.Errors);
        result.Output.Should().StartWith("rank 0 of 1, local 0, on ");
    }
}
