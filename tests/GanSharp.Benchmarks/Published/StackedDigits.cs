using GanSharp.Data;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Published;

/// <summary>Stacked MNIST (Metz et al. 2017): three digits, drawn independently, as the channels of one image, which makes 1,000 equally likely kinds.</summary>
internal sealed class StackedDigits(InMemoryDataset digits) : Dataset("stacked digits", [Channels, digits.SampleShape[1], digits.SampleShape[2]])
{
    public const int Channels = 3;

    public override long? Count => null;

    public override Dataset? HeldOut => digits.HeldOut is InMemoryDataset heldOut ? new StackedDigits(heldOut) : null;

    public override Batch Draw(long seed, long position, int count)
    {
        using var scope = NewDisposeScope();
        // A sequence for each channel, whose epochs are shuffled on their own.
        var channels = Enumerable.Range(0, Channels).Select(channel => digits.Draw(unchecked(seed * Channels + channel), position, count).Samples);
        return new Batch(cat([.. channels], 1).MoveToOuterDisposeScope(), null);
    }

    // The digits are the caller's.
    protected override void Dispose(bool disposing)
    {
    }
}
