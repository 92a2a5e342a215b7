using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Packaging;

[Collection(typeof(ChildProcessGroup))]
public sealed class BackendTests
{
    [Theory]
    [InlineData("cpu", "TorchSharp-cpu", "TorchSharp-cuda-linux")]
    [InlineData("cuda", "TorchSharp-cuda-linux", "TorchSharp-cpu")]
    public void The_property_Backend_selects_the_native_package(string backend, string expected, string other)
    {
        var (exitCode, output) = DotnetCommand.Run(Repository.Root, "msbuild", "samples/Gaussians/Gaussians.csproj", "-getItem:PackageReference", $"-p:Backend={backend}");

        exitCode.Should().Be(0, output);
        output.Should().Contain($"\"{expected}\"").And.NotContain($"\"{other}\"");
    }

    [Fact]
    public void The_library_itself_references_no_backend()
    {
        var (_, output) = DotnetCommand.Run(Repository.Root, "msbuild", "src/GanSharp/GanSharp.csproj", "-getItem:PackageReference");

        output.Should().Contain("\"TorchSharp\"").And.NotContain("TorchSharp-c");
    }

    [Fact]
    public void Another_backend_is_refused_by_name()
    {
        var (exitCode, output) = DotnetCommand.Run(Repository.Root, "msbuild", "samples/Gaussians/Gaussians.csproj", "-t:CheckBackend", "-p:Backend=rocm");

        exitCode.Should().NotBe(0);
        output.Should().Contain("Backend must be cpu (the default) or cuda but is 'rocm'.");
    }
}
