using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Resampling;

/// <summary>
/// A linear map of rows and one of columns: every channel X becomes A X Bᵀ. As two matrix products, whose gradients are matrix products too, it is several times as fast on a CPU as
/// interpolation or a convolution of each channel with the same taps, and most of all in the double backward of a gradient penalty. Its cost per pixel grows with the side of the
/// image, so it is meant for sides up to a few hundred.
/// </summary>
public abstract class BilinearResampling : Module<Tensor, Tensor>
{
    private readonly long height, width;

    /// <summary>Sets both maps.</summary>
    /// <param name="name">Name of the module.</param>
    /// <param name="rows">A, of shape [new height, height].</param>
    /// <param name="columns">B, of shape [new width, width].</param>
    private protected BilinearResampling(string name, Tensor rows, Tensor columns)
        : base(name)
    {
        (height, width) = (rows.shape[1], columns.shape[1]);
        register_buffer("rows", rows.DetachFromDisposeScope());
        register_buffer("columns", columns.t().contiguous().DetachFromDisposeScope());
    }

    /// <summary>The image in its new size.</summary>
    /// <param name="images">Tensor of shape [N, C, height, width].</param>
    /// <returns>Tensor of shape [N, C, new height, new width], of the same type.</returns>
    /// <exception cref="ArgumentException">The sides are other ones than those of the constructor.</exception>
    public override Tensor forward(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.dim() != 4 || images.size(2) != height || images.size(3) != width)
            throw new ArgumentException($"images must have shape [N, C, {height}, {width}] but have {Shape.Format(images.shape)}.", nameof(images));
        // Within a step of mixed precision images are bfloat16, in which the weights of 1/8, 1/4, 3/8 and 3/4 are exact.
        var (rows, columns) = (get_buffer("rows")!.to(images.dtype), get_buffer("columns")!.to(images.dtype));
        return rows.matmul(images.matmul(columns));
    }
}
