using GanSharp.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Published;

/// <summary>
/// Stacked MNIST (Metz et al. 2017): three digits, drawn independently, as the channels of one image, which makes 1,000 equally likely kinds. A digit gets a frame of two pixels and is
/// shrunk to side × side of them by means, and a sample is the vector of its 3 side² pixels.
/// </summary>
internal sealed class StackedDigits(InMemoryDataset digits, int side) : Dataset("stacked digits", [Channels * side * side])
{
    public const int Channels = 3;
    private const int Frame = 2, FramedSide = 28 + 2 * Frame;

    public override long? Count => null;

    public override Dataset? HeldOut => digits.HeldOut is InMemoryDataset heldOut ? new StackedDigits(heldOut, side) : null;

    public override Batch Draw(long seed, long position, int count)
    {
        using var scope = NewDisposeScope();
        // A sequence for each channel, whose epochs are shuffled on their own.
        var channels = Enumerable.Range(0, Channels).Select(channel => Shrink(digits.Draw(unchecked(seed * Channels + channel), position, count).Samples, side));
        return new Batch(cat([.. channels], 1).MoveToOuterDisposeScope(), null);
    }

    /// <summary>Digits of 28 × 28 pixels as vectors of side².</summary>
    public static Tensor Shrink(Tensor images, int side) =>
        nn.functional.avg_pool2d(nn.functional.pad(images, [Frame, Frame, Frame, Frame], PaddingModes.Constant, -1), FramedSide / side).flatten(1);

    // The digits are the caller's.
    protected override void Dispose(bool disposing)
    {
    }
}
