using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace GanSharp.Reporting;

/// <summary>How <see cref="TensorBoardReports.WithTensorBoard"/> writes.</summary>
public sealed record TensorBoardOptions
{
    /// <summary>
    /// Samples to show as images at a report, of shape [N, 1, 3 or 4 channels, height, width] in [−1, 1], always of the same latents so that steps compare: <c>() => trainer.Sample(64)</c>. They are
    /// disposed here. Null (the default) for none.
    /// </summary>
    public Func<Tensor>? Samples { get; init; }

    /// <summary>Reports from one picture to the next, at least 1. Default 1; the first and the last report have one always. TensorBoard itself keeps some ten.</summary>
    public int SamplesEveryReports { get; init; } = 1;

    /// <summary>Images in a row of a picture, at least 1. Default 8.</summary>
    public int Columns { get; init; } = 8;

    /// <summary>Reports that may wait for a slow disk before further ones are left out, at least 1. Default 64.</summary>
    public int QueueCapacity { get; init; } = 64;

    /// <summary>How long the end of the run waits for the disk. Default 10 s.</summary>
    public TimeSpan FlushTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Receives one warning if something couldn't be written; the run goes on. Null (the default) for no warning.</summary>
    public ILogger? Logger { get; init; }

    internal void ThrowIfInvalid()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SamplesEveryReports, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(QueueCapacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(FlushTimeout, TimeSpan.Zero);
    }
}
