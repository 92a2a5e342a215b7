using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace GanSharp.Tensors;

/// <summary>
/// Replaces a tensor's values by values of another type, while modules and optimizers keep their references to it: libtorch's <c>set_data</c>,
/// which TorchSharp doesn't wrap, called through libtorch's stable C interface. Gradients computed in the meantime have the new type.
/// </summary>
internal static class TensorData
{
    // A wrong stack corrupts memory, so this is the only place that calls it, and the first use tries it on a separate tensor.
    private static readonly Lazy<(Call? Call, NewHandle? NewHandle, string? Refusal)> Native = new(Find);
    private static readonly nint Operation = Text("aten::set_data"), Overload = Text("");

    private delegate int Call(nint operation, nint overload, ulong[] stack);

    private delegate int NewHandle(nint tensor, out nint handle);

    /// <summary>Why it can't be used with the libtorch in use; null where it can.</summary>
    public static string? Refusal => Native.Value.Refusal;

    /// <summary>Gives <paramref name="target"/> the type, shape and memory of <paramref name="source"/>.</summary>
    /// <exception cref="NotSupportedException">There is a <see cref="Refusal"/>.</exception>
    public static void Replace(Tensor target, Tensor source)
    {
        var (call, newHandle, refusal) = Native.Value;
        if (refusal is not null)
            throw new NotSupportedException(refusal);
        Replace(call!, newHandle!, target, source);
    }

    private static void Replace(Call call, NewHandle newHandle, Tensor target, Tensor source)
    {
        // The operator takes ownership of the handles, even if it fails.
        var stack = new ulong[2];
        if (newHandle(target.Handle, out var targetHandle) != 0 || newHandle(source.Handle, out var sourceHandle) != 0)
            throw new InvalidOperationException("libtorch made no handle of a tensor.");
        GC.KeepAlive(target);
        GC.KeepAlive(source);
        (stack[0], stack[1]) = ((ulong)targetHandle, (ulong)sourceHandle);
        if (call(Operation, Overload, stack) != 0)
            throw new InvalidOperationException($"libtorch refused to replace the data of a {target.dtype} tensor by {source.dtype}.");
    }

    private static (Call?, NewHandle?, string?) Find()
    {
        if (!NativeLibrary.TryLoad("torch_cpu", typeof(Tensor).Assembly, null, out var library)
            || !NativeLibrary.TryGetExport(library, "aoti_torch_call_dispatcher", out var call)
            || !NativeLibrary.TryGetExport(library, "aoti_torch_new_tensor_handle", out var newHandle))
            return (null, null, "this libtorch has no stable C interface (aoti_torch_call_dispatcher); it came with libtorch 2.7");
        var found = (Marshal.GetDelegateForFunctionPointer<Call>(call), Marshal.GetDelegateForFunctionPointer<NewHandle>(newHandle));
        return Works(found.Item1, found.Item2) ? (found.Item1, found.Item2, null) : (null, null, "this libtorch's set_data doesn't do what is expected of it");
    }

    /// <summary>Whether a leaf computes in the other type, including its gradient, and gets its values back afterwards.</summary>
    private static bool Works(Call call, NewHandle newHandle)
    {
        using var scope = NewDisposeScope();
        using var learning = enable_grad();
        var leaf = full([2], 3f).requires_grad_(true);
        var own = leaf.detach();
        Replace(call, newHandle, leaf, full([2], 5, ScalarType.BFloat16));
        var square = leaf.square();
        square.to(ScalarType.Float32).sum().backward();
        var computed = leaf.dtype == ScalarType.BFloat16 && square.dtype == ScalarType.BFloat16;
        using var gradient = leaf.grad;
        leaf.grad = null;
        Replace(call, newHandle, leaf, own);
        static bool Holds(Tensor? tensor, ScalarType type, double value) => tensor is not null && tensor.dtype == type && tensor.eq(value).all().item<bool>();
        return computed && Holds(leaf.detach(), ScalarType.Float32, 3) && Holds(gradient, ScalarType.BFloat16, 10);
    }

    private static nint Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text + '\0');
        var address = Marshal.AllocHGlobal(bytes.Length);
        Marshal.Copy(bytes, 0, address, bytes.Length);
        return address;
    }
}
