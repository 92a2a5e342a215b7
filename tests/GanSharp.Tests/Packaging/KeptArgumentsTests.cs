using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Packaging;

/// <summary>The build step that gives an application a TorchSharp.dll whose methods keep their arguments alive.</summary>
[Collection(typeof(ChildProcessGroup))]
public sealed class KeptArgumentsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void A_TorchSharp_that_the_build_does_not_know_is_warned_of_by_a_code_of_its_own()
    {
        File.WriteAllText(folder.File("TorchSharp.dll"), "another version");
        File.WriteAllText(folder.File("keep.proj"), $"""
            <Project>
              <Import Project="{Path.Combine(Repository.Root, "src", "GanSharp", "buildTransitive", "GanSharp.targets")}" />
              <Target Name="Keep">
                <KeepTorchSharpArgumentsAlive Library="{folder.File("TorchSharp.dll")}" Destination="{folder.File("copy.dll")}" />
              </Target>
            </Project>
            """);

        var (exitCode, output) = DotnetCommand.Run(folder.FullName, "msbuild", "keep.proj", "-t:Keep");

        exitCode.Should().Be(0, output);
        output.Should().Contain("warning GANSHARP002").And.Contain("TorchSharp.dll does not have the attribute that GanSharp knows how to change").And.NotContain("GANSHARP001");
        File.Exists(folder.File("copy.dll")).Should().BeFalse();
    }

    public void Dispose() => folder.Dispose();
}
