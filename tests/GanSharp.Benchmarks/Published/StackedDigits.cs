using GanSharp.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Published;

/// <summary>
/// Stacked MNIST (Metz et al. 2017): three digits, drawn independently, as the channels of one image, which makes 1,000 equally likely kinds. Digits have 8 × 8 pixels here, a frame of two and the
/// mean of each sixteen, and a sample is the vector of its 192 pixels.
/// </summary>
internal sealed class StackedDigits(InMemoryDataset digits) : Dataset("stacked digits", [Channels * DigitPixels])
{
    public const int Channels = 3, DigitPixels = Side * Side;
    private const int Side = 8, Frame = 2, Ratio = 4;

    public override long? Count => null;

    public override Dataset? HeldOut => digits.HeldOut is InMemoryDataset heldOut ? new StackedDigits(heldOut) : null;

    public override Batch Draw(long seed, long position, int count)
    {
        using var scope = NewDisposeScope();
        // A sequence for each channel, whose epochs are shuffled on their own.
        var channels = Enumerable.Range(0, Channels).Select(channel => Shrink(digits.Draw(unchecked(seed * Channels + channel), position, count).Samples));
        return new Batch(cat([.. channels], 1).MoveToOuterDisposeScope(), null);
    }

    /// <summary>Digits of 28 × 28 pixels as vectors of 64.</summary>
    public static Tensor Shrink(Tensor images) => nn.functional.avg_pool2d(nn.functional.pad(images, [Frame, Frame, Frame, Frame], PaddingModes.Constant, -1), Ratio).flatten(1);

    // The digits are the caller's.
    protected override void Dispose(bool disposing)
    {
    }
}
