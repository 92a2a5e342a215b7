using System.Runtime.InteropServices;
using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Packaging;

/// <summary>The build step that relaxes libLibTorchSharp.so's need of a libstdc++ newer than the system's.</summary>
[Collection(typeof(ChildProcessGroup))]
public sealed class NativeLibraryTests : IDisposable
{
    private static readonly string Native = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native");
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void One_flag_of_the_copy_changes_and_nothing_of_the_original()
    {
        SkipUnlessLinux();
        var original = Original();
        var before = File.ReadAllBytes(original);

        var (exitCode, output) = Relax(original, "always");

        exitCode.Should().Be(0, output);
        output.Should().Contain("Relaxed=true.");
        var copy = File.ReadAllBytes(folder.File("copy.so"));
        var changes = Enumerable.Range(0, before.Length).Where(index => before[index] != copy[index]).ToArray();
        copy.Length.Should().Be(before.Length);
        changes.Should().ContainSingle();
        (copy[changes[0]] ^ before[changes[0]]).Should().Be(2, "that is VER_FLG_WEAK");
        File.ReadAllBytes(original).AsSpan().SequenceEqual(before).Should().BeTrue();
    }

    [Fact]
    public void A_library_without_that_need_is_left_alone()
    {
        SkipUnlessLinux();

        var (exitCode, output) = Relax(new FileInfo(Path.Combine(Native, "libc10.so")).ResolveLinkTarget(returnFinalTarget: true)!.FullName, "always");

        exitCode.Should().Be(0, output);
        output.Should().Contain("Relaxed=false.");
        File.Exists(folder.File("copy.so")).Should().BeFalse();
    }

    [Fact]
    public void Never_means_never()
    {
        SkipUnlessLinux();

        Relax(Original(), "never").Output.Should().Contain("Relaxed=false.");
        File.Exists(folder.File("copy.so")).Should().BeFalse();
    }

    [Theory]
    [InlineData("no library at all, but longer than the sixty-four bytes that an ELF header takes")]
    [InlineData("")]
    public void A_file_that_is_no_library_is_named(string content)
    {
        SkipUnlessLinux();
        File.WriteAllText(folder.File("broken.so"), content);

        var (exitCode, output) = Relax(folder.File("broken.so"), "always");

        exitCode.Should().NotBe(0);
        output.Should().Contain("broken.so is no 64-bit ELF library, or a damaged one");
    }

    [Fact]
    public void A_library_cut_off_in_the_middle_is_named()
    {
        SkipUnlessLinux();
        File.WriteAllBytes(folder.File("broken.so"), File.ReadAllBytes(Original())[..100_000]);

        Relax(folder.File("broken.so"), "always").Output.Should().Contain("broken.so is no 64-bit ELF library, or a damaged one");
    }

    [Fact]
    public void Another_mode_is_refused_by_name()
    {
        SkipUnlessLinux();

        Relax(Original(), "sometimes").Output.Should().Contain("GanSharpRelaxLibstdcxx must be auto, always or never but is 'sometimes'.");
    }

    public void Dispose() => folder.Dispose();

    private static void SkipUnlessLinux() =>
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64, "The step is for Linux on x64.");

    /// <summary>TorchSharp's library in the NuGet cache, found beside libtorch, to which the output folder links.</summary>
    private static string Original()
    {
        var libtorch = new FileInfo(Path.Combine(Native, "libtorch_cpu.so")).ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        // …/libtorch-cpu-linux-x64/version/runtimes/linux-x64/native/libtorch_cpu.so
        var packages = Path.GetFullPath(Path.Combine(libtorch, "..", "..", "..", "..", "..", ".."));
        return Directory.GetFiles(Path.Combine(packages, "torchsharp"), "libLibTorchSharp.so", SearchOption.AllDirectories).Single(file => file.Contains("linux-x64", StringComparison.Ordinal));
    }

    private (int ExitCode, string Output) Relax(string library, string mode)
    {
        File.WriteAllText(folder.File("relax.proj"), $"""
            <Project>
              <Import Project="{Path.Combine(Repository.Root, "src", "GanSharp", "buildTransitive", "GanSharp.targets")}" />
              <Target Name="Relax">
                <RelaxLibstdcxxVersion Library="{library}" Destination="{folder.File("copy.so")}" Mode="{mode}">
                  <Output TaskParameter="Relaxed" PropertyName="Relaxed" />
                </RelaxLibstdcxxVersion>
                <Message Importance="high" Text="Relaxed=$(Relaxed.ToLowerInvariant())." />
              </Target>
            </Project>
            """);
        return DotnetCommand.Run(folder.FullName, "msbuild", "relax.proj", "-t:Relax");
    }
}
