using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Mpi;

/// <summary>A GAN with everything switched on, trained by several processes.</summary>
[Collection(typeof(ChildProcessGroup))]
public sealed class MpiTrainingTests
{
    private const string Steps = "12";

    private static readonly Dictionary<string, string[]> OfTwo = [];

    [Fact]
    public void Two_ranks_end_with_the_same_bits_under_Open_MPI_and_MPICH()
    {
        var (first, second) = (TwoRanks(Mpirun.OpenMpi), TwoRanks(Mpirun.Mpich));

        first.Should().HaveCount(2);
        first.Distinct().Should().ContainSingle("ranks are alike");
        second.Should().Equal(first, "a sum of two is the same in either order");
    }

    [Theory]
    [InlineData(Mpirun.OpenMpi, 4)]
    [InlineData(Mpirun.Mpich, 3)]
    public void More_ranks_end_with_the_same_bits_on_each(string launcher, int ranks)
    {
        var hashes = Hashes(Mpirun.Run(launcher, ranks, "train", Steps));

        hashes.Should().HaveCount(ranks);
        hashes.Distinct().Should().ContainSingle();
    }

    [Theory]
    [InlineData(Mpirun.OpenMpi)]
    [InlineData(Mpirun.Mpich)]
    public void A_resume_of_two_ranks_goes_on_bit_for_bit(string launcher)
    {
        using var folders = new TemporaryFolder();
        var whole = Mpirun.Run(launcher, 2, "train", "40", folders.File("whole"));
        Mpirun.Run(launcher, 2, "train", "20", folders.File("parts"));

        var resumed = Mpirun.Run(launcher, 2, "train", "40", folders.File("parts"));

        Hashes(resumed).Should().HaveCount(2).And.Equal(Hashes(whole));
        resumed.Should().Contain("[0] Resumed at step 20").And.Contain("[1] Resumed at step 20").And.NotContain("each process had its own");
    }

    [Theory]
    [InlineData(Mpirun.OpenMpi)]
    [InlineData(Mpirun.Mpich)]
    public void Two_hosts_end_with_the_bits_of_one(string launcher)
    {
        Mpirun.SkipWithout(launcher);
        using var hosts = new TwoHosts();
        var alone = TwoRanks(launcher);
        // By TCP alone: the two share a kernel, so shared memory would be found as well.
        var (options, environment) = launcher == Mpirun.OpenMpi
            ? ((string[])["--host", $"{TwoHosts.First}:1,{TwoHosts.Second}:1", "--mca", "plm_rsh_agent", hosts.Agent, "--mca", "btl", "tcp,self"], new Dictionary<string, string>())
            : (["-launcher", "rsh", "-launcher-exec", hosts.Agent, "-f", hosts.HostFile], new() { ["UCX_TLS"] = "tcp,self" });

        var result = Mpirun.Finish(Mpirun.Start(launcher, 2, ["train", Steps], options, hosts.OnFirst, environment));

        result.ExitCode.Should().Be(0, "{0}{1}", result.Output, result.Errors);
        Hashes(result.Output).Should().Equal(alone);
        // Parameters of both networks are some 4 kB, and D learns twice in a step.
        hosts.BytesReceived().Should().BeGreaterThan(12 * 4_000, "gradients went over the cable");
    }

    private static string[] TwoRanks(string launcher) => OfTwo.TryGetValue(launcher, out var known) ? known : OfTwo[launcher] = Hashes(Mpirun.Run(launcher, 2, "train", Steps));

    private static string[] Hashes(string output) =>
        [.. output.Split('\n').Where(line => line.Contains("] parameters ", StringComparison.Ordinal)).Select(line => line.Split("] parameters ")[1].Trim())];
}
