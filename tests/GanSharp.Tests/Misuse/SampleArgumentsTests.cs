using System.Diagnostics;
using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Misuse;

/// <summary>A wrong argument of a sample gets one line with its name, the rule and the value, before any work.</summary>
[Collection(typeof(ChildProcessGroup))]
public sealed class SampleArgumentsTests
{
    [Theory]
    [InlineData("FashionMnist", "--recipe nosuch", "--recipe must be default, goodfellow2014, dcgan, wgan-gp, sngan-hinge, pacgan, r3gan or stylegan2 but is 'nosuch'.")]
    [InlineData("FashionMnist", "--steps -1", "--steps must be a whole number of at least 2 but is '-1'.")]
    [InlineData("FashionMnist", "--gamma NaN", "--gamma must be a number of at least 0 but is 'NaN'.")]
    [InlineData("FashionMnist", "--precision half", "--precision must be Float32 or BFloat16 but is 'half'.")]
    [InlineData("Gaussians", "square", "data must be line, ring or grid but is 'square'.")]
    [InlineData("Distributed", "--batch many", "--batch must be a whole number of at least 1 but is 'many'.")]
    [InlineData("Evaluate", "--samples 1", "--samples must be a whole number of at least 2 but is '1'.")]
    [InlineData("Evaluate", "--fake . --image 3x64", "Error: --image must be channels x height x width, such as 3x64x64, but is '3x64'.")]
    [InlineData("Serve", "--port -1 NOTICE", "Error: --port must be 0 to 65535 but is -1.")]
    public async Task A_wrong_argument_is_one_line(string sample, string arguments, string expected)
    {
        var program = Built(sample);
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("NOTICE"), "");

        var (exitCode, output, error) = await Run(program, folder, arguments);

        error.Trim().Should().Be(expected);
        output.Should().NotContain("--help");
        exitCode.Should().Be(1);
    }

    [Fact]
    public async Task A_sample_that_was_copied_without_its_native_library_says_so_in_one_line()
    {
        var program = Built("Ring");
        using var folder = new TemporaryFolder();
        // The native files lie in a folder below; the list of dependencies would have the host look for them.
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(program)!).Where(file => Path.GetExtension(file) == ".dll" || file.EndsWith(".runtimeconfig.json", StringComparison.Ordinal)))
            File.Copy(file, folder.File(Path.GetFileName(file)));

        // TorchSharp looks for them in NuGet's folder too, and says on the console where it looked.
        var (exitCode, _, error) = await Run(folder.File("Ring.dll"), folder, "--steps 2", ("NUGET_PACKAGES", folder.FullName));

        error.Trim().Should().StartWith("Error: TorchSharp's native library can't be used: no backend for ").And.NotContain("\n");
        exitCode.Should().Be(1);
    }

    private static async Task<(int ExitCode, string Output, string Error)> Run(string program, TemporaryFolder folder, string arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [program, .. arguments.Split(' ')]) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await error);
    }

    private static string Built(string sample)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var program = Path.Combine(Repository.Root, "samples", sample, "bin", configuration, "net10.0", $"{sample}.dll");
        Assert.SkipUnless(File.Exists(program), $"{program} isn't built; GanSharp.sln builds it.");
        return program;
    }
}
