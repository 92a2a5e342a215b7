using static TorchSharp.torch;

namespace GanSharp.Runtime;

/// <summary>TensorFloat-32 on NVIDIA GPUs.</summary>
internal static class GpuRounding
{
    /// <summary>For matrix products and convolutions.</summary>
    public static void AllowTensorFloat32(bool isAllowed) => (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32) = (isAllowed, isAllowed);

    /// <summary>In words.</summary>
    public static string State => (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32) switch
    {
        (true, true) => "allowed",
        (false, false) => "not allowed",
        (false, true) => "for convolutions",
        (true, false) => "for matrix products",
    };
}
