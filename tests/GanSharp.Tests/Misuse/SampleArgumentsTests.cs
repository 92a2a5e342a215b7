using System.Diagnostics;
using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Misuse;

/// <summary>A wrong argument of a sample gets one line with its name, the rule and the value, before any work.</summary>
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
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var program = Path.Combine(Repository.Root, "samples", sample, "bin", configuration, "net10.0", $"{sample}.dll");
        Assert.SkipUnless(File.Exists(program), $"{program} isn't built; GanSharp.sln builds it.");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("NOTICE"), "");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments.Split(' ')]) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        (await error).Trim().Should().Be(expected);
        output.Should().NotContain("--help");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.Should().Be(1);
    }
}
