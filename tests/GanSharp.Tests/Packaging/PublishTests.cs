using System.Diagnostics;
using System.Runtime.InteropServices;
using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Packaging;

/// <summary>However an application is built or published, its TorchSharp.dll is the copy whose methods keep their arguments alive, and the NuGet cache stays as it was. The usual ways to publish, with libtorch, are in <see cref="StrangerTests"/>.</summary>
[Collection(typeof(PackageTestGroup))]
public sealed class PublishTests(PackedLibrary library)
{
    private const string Program = "System.Console.WriteLine(GanSharp.Runtime.ArgumentLifetime.IsSafe);";

    [Theory]
    [InlineData("hard-links", "-p:CreateSymbolicLinksForCopyLocalIfPossible=false", "-p:CreateHardLinksForCopyLocalIfPossible=true")]
    [InlineData("ready-to-run", "--self-contained", "-p:PublishReadyToRun=true")]
    [InlineData("trimmed", "--self-contained", "-p:PublishTrimmed=true", "-p:TrimMode=full", "-p:PublishSingleFile=true", "-p:SuppressTrimAnalysisWarnings=true")]
    public void Publishing_takes_the_copy(string name, params string[] options)
    {
        var project = library.Project(name, Program, backend: false);
        var before = Cached();

        var (exitCode, output) = DotnetCommand.Run(project, ["publish", "--use-current-runtime", "--output", "out", .. options]);

        exitCode.Should().Be(0, output);
        Run(Path.Combine(project, "out", name)).Should().Be("True");
        // Code compiled ahead of time makes a file longer; it would be optimized whatever the attribute says.
        if (File.Exists(Path.Combine(project, "out", "TorchSharp.dll")))
            File.ReadAllBytes(Path.Combine(project, "out", "TorchSharp.dll")).Should().HaveCount(before.Length);
        Cached().Should().Equal(before);
    }

    [Fact]
    public void A_build_over_links_to_the_NuGet_cache_replaces_the_links_and_not_the_cache()
    {
        var project = library.Project("links", Program, backend: false);
        var before = Cached();

        string Build(params string[] options)
        {
            var (exitCode, output) = DotnetCommand.Run(project, ["build", .. options]);
            exitCode.Should().Be(0, output);
            return Run(Path.Combine(project, "bin", "Debug", "net10.0", "links"));
        }
        Build("-p:GanSharpKeepTorchSharpArgumentsAlive=false").Should().Be("False");
        Build("-p:CreateSymbolicLinksForCopyLocalIfPossible=false").Should().Be("True");
        Build("-p:GanSharpKeepTorchSharpArgumentsAlive=false", "-p:CreateSymbolicLinksForCopyLocalIfPossible=false", "-p:CreateHardLinksForCopyLocalIfPossible=true").Should().Be("False");
        Build("-p:CreateSymbolicLinksForCopyLocalIfPossible=false").Should().Be("True");

        Cached().Should().Equal(before);
    }

    private static byte[] Cached() => File.ReadAllBytes(Path.Combine(PackedLibrary.NuGetCache, "torchsharp", "0.107.0", "lib", "net8.0", "TorchSharp.dll"));

    private static string Run(string program)
    {
        using var process = Process.Start(new ProcessStartInfo(RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? program + ".exe" : program) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Trim();
    }
}
