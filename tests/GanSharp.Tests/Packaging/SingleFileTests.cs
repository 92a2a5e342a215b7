using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Packaging;

/// <summary>docs/examples/gan.cs, the program that is one file, as its reader runs it: outside of the repository, with the packages from a feed.</summary>
[Collection(typeof(PackageTestGroup))]
public sealed class SingleFileTests(PackedLibrary library)
{
    [Fact]
    public void The_program_of_one_file_trains_serves_shows_progress_and_writes_its_report()
    {
        var (_, version) = DotnetCommand.Run(Path.GetTempPath(), "--version");
        Assert.SkipUnless(int.TryParse(version.Split('.')[0], out var major) && major >= 10, $"Programs of one file need the .NET 10 SDK, and this is {version.Trim()}.");
        var folder = library.SingleFile("gan", File.ReadAllText(Path.Combine(Repository.Root, "docs", "examples", "gan.cs")));

        // A twentieth of its steps shows that it runs.
        var (exitCode, output) = DotnetCommand.Run(folder, "run", "gan.cs", "200");

        exitCode.Should().Be(0, output);
        output.Should().Contain("Live page: http://127.0.0.1:").And.Contain("step    200  loss D ").And.Contain("A Jensen-Shannon divergence of at least ").And.Contain($"Open {Path.Combine(folder, "output", "report.html")}.").And.NotContain("warning");
        File.ReadAllText(Path.Combine(folder, "output", "report.html")).Should().Contain("A ring of eight Gaussians");
        File.ReadAllLines(Path.Combine(folder, "output", "reports.jsonl")).Should().HaveCount(10);
    }
}
