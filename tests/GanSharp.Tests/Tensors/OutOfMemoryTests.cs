using System.Runtime.InteropServices;
using FluentAssertions;
using GanSharp.Runtime;
using Xunit;

namespace GanSharp.Tests.Tensors;

public sealed class OutOfMemoryTests
{
    [Theory]
    [InlineData("[enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 4503599627370496 bytes.", true)]
    [InlineData("DefaultCPUAllocator: not enough memory: you tried to allocate 64 bytes.", true)]
    [InlineData("CUDA out of memory. Tried to allocate 20.00 GiB.", true)]
    [InlineData("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", true)]
    [InlineData("The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 0", false)]
    [InlineData("memory format option is only supported by strided tensors", false)]
    public void What_libtorch_says_tells_whether_memory_ran_out(string message, bool ranOut)
    {
        OutOfMemory.Explains(new NativeException(message)).Should().Be(ranOut);
        OutOfMemory.Explains(new InvalidOperationException("from outside", new NativeException(message))).Should().Be(ranOut);
        OutOfMemory.Explains(new InvalidOperationException(message)).Should().BeFalse("it isn't libtorch that says so");
    }

    private sealed class NativeException(string message) : ExternalException(message);
}
