using FluentAssertions;
using GanSharp.Runtime;
using Xunit;

namespace GanSharp.Tests.Tensors;

public sealed class TorchRuntimeTests
{
    [Fact]
    public void The_native_library_is_loaded_here() => FluentActions.Invoking(TorchRuntime.EnsureLoaded).Should().NotThrow();

    [Fact]
    public void Without_a_backend_the_packages_are_named()
    {
        using var empty = new TemporaryFolder();

        TorchRuntime.Complaint(empty.FullName).Should().BeNull();
        TorchRuntime.Explain(null).Should().Contain("no backend for").And.Contain("TorchSharp-cpu").And.Contain("TorchSharp-cuda-linux");
    }

    [Fact]
    public void An_old_libstdcxx_is_named_with_the_build_property_that_helps() =>
        TorchRuntime.Explain("/lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /app/libLibTorchSharp.so)")
            .Should().StartWith("TorchSharp's native library can't be used: it needs GLIBCXX_3.4.32, which this system's C++ runtime doesn't have.").And.Contain("GanSharpRelaxLibstdcxx=always");

    [Fact]
    public void A_missing_library_is_named() =>
        TorchRuntime.Explain("libgomp-98b21ff3.so.1: cannot open shared object file: No such file or directory")
            .Should().Be("TorchSharp's native library can't be used: it needs libgomp-98b21ff3.so.1, which is missing on this system. Install the package that holds it.");

    [Fact]
    public void A_file_that_is_no_library_is_reported_as_the_loader_puts_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The loader's words are those of Linux.");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("libtorch_cpu.so"), "no library");

        TorchRuntime.Explain(TorchRuntime.Complaint(folder.FullName)).Should().StartWith("TorchSharp's native library can't be used: ").And.Contain("libtorch_cpu.so");
    }
}
