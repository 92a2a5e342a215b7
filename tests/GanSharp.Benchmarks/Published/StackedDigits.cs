using GanSharp.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Published;

/// <summary>
/// Stacked MNIST (Metz et al. 2017): three digits, drawn independently, as the channels of one image, which makes 1,000 equally likely kinds. Digits have 16 × 16 pixels here: a frame of two and the mean
/// of each four.
/// </summary>
internal sealed class StackedDigits(InMemoryDataset digits) : Dataset("stacked digits", [Channels, Side, Side])
{
    public const int Channels = 3, Side = 16;
    private const int Frame = 2;

    public override long? Count => null;

    public override Dataset? HeldOut => digits.HeldOut is InMemoryDataset heldOut ? new StackedDigits(heldOut) : null;

    public override Batch Draw(long seed, long position, int count)
    {
        using var scope = NewDisposeScope();
        // A sequence for each channel, whose epochs are shuffled on their own.
        var channels = Enumerable.Range(0, Channels).Select(channel => Shrink(digits.Draw(unchecked(seed * Channels + channel), position, count).Samples));
        return new Batch(cat([.. channels], 1).MoveToOuterDisposeScope(), null);
    }

    /// <summary>Digits of 28 × 28 pixels in the size of this data.</summary>
    public static Tensor Shrink(Tensor images) => nn.functional.avg_pool2d(nn.functional.pad(images, [Frame, Frame, Frame, Frame], PaddingModes.Constant, -1), 2);

    /// <summary>Shape [N, 3, 16, 16] as 3N digits of 28 × 28 pixels, for a classifier of such.</summary>
    public static Tensor Enlarge(Tensor stacks)
    {
        using var scope = NewDisposeScope();
        var single = stacks.reshape(-1, 1, Side, Side);
        var large = nn.functional.interpolate(single, scale_factor: [2, 2], mode: InterpolationMode.Bilinear, align_corners: false);
        return large[.., .., Frame..^Frame, Frame..^Frame].contiguous().MoveToOuterDisposeScope();
    }

    // The digits are the caller's.
    protected override void Dispose(bool disposing)
    {
    }
}
