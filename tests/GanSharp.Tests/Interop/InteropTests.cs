using FluentAssertions;
using GanSharp.Safetensors;
using TorchSharp;
using Xunit;

namespace GanSharp.Tests.Interop;

/// <summary>
/// Weights and outputs that PyTorch wrote are committed, so that every build compares with it; tests/peers/interop_check.py wrote them and
/// makes the whole comparison, both ways.
/// </summary>
public sealed class InteropTests
{
    private const double Tolerance = 1e-5;

    private static string Fixtures => Path.Combine(Repository.Root, "tests", "GanSharp.Tests", "Interop", "Fixtures");

    [Fact]
    public void Weights_that_PyTorch_wrote_give_the_outputs_that_PyTorch_computed()
    {
        var differences = InteropFiles.Compare(Fixtures, "small").ToList();

        differences.Should().HaveCount(5);
        differences.Should().OnlyContain(difference => difference.LargestDifference < Tolerance);
    }

    [Fact]
    public void The_outputs_in_the_fixtures_depend_on_their_inputs()
    {
        foreach (var network in InteropNetwork.All("small"))
        {
            using var sample = SafetensorsFile.Read(Path.Combine(Fixtures, $"{network.Name}.io.safetensors"));
            using var deviation = sample.Tensors["output"].std(0);
            using var typical = deviation.mean();
            typical.ToDouble().Should().BeGreaterThan(1000 * Tolerance, network.Name);
        }
    }

    [Fact]
    public void What_is_written_here_reads_the_same_here()
    {
        using var folder = new TemporaryFolder();

        InteropFiles.Write(folder.FullName, "small");

        InteropFiles.Compare(folder.FullName, "small").Should().OnlyContain(difference => difference.LargestDifference == 0);
    }
}
