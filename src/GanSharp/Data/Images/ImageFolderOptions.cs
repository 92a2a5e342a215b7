namespace GanSharp.Data.Images;

/// <summary>How an <see cref="ImageFolder"/> turns files into images of one shape.</summary>
public sealed record ImageFolderOptions
{
    /// <summary>
    /// Shape of every image: 1 channel (gray), 3 (color; transparent parts become white) or 4 (color and alpha). An image is scaled until it
    /// covers the shape, and the excess on two sides is cropped. Default 3 × 64 × 64.
    /// </summary>
    public ImageShape Image { get; init; } = new(3, 64, 64);

    /// <summary>What to do with a file that can't be decoded. Default <see cref="CorruptImagePolicy.Refuse"/>, because silently missing data is worse than an error.</summary>
    public CorruptImagePolicy CorruptImages { get; init; } = CorruptImagePolicy.Refuse;

    /// <summary>
    /// Width × height, at least 1, above which a file isn't decoded but counts as corrupt, because a few bytes can announce an image that fills the memory.
    /// Default 8192 × 8192, which takes some 350 MB per processor while it is decoded and is larger than the images of most cameras.
    /// </summary>
    public long LargestImagePixels { get; init; } = 8192 * 8192;

    /// <summary>Share of the images set aside for diagnostics, in (0, 1), or 0 for none. Default 0.1.</summary>
    public double HeldOutFraction { get; init; } = 0.1;

    /// <summary>Determines which images are set aside. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// For <see cref="ImageFolder.Stream"/>: batches decoded ahead of the one in training, at least 0. Default 4, which is enough to hide a slow file; they take
    /// batch × <see cref="Image"/> bytes each, as uint8.
    /// </summary>
    public int BatchesAhead { get; init; } = 4;

    /// <summary>
    /// For <see cref="ImageFolder.Stream"/>: the largest number of threads that decode at once, at least 1. Default null: half the processors, at most 8, which leaves the
    /// rest to the networks.
    /// </summary>
    public int? DecodeThreads { get; init; }

    /// <summary>
    /// For <see cref="ImageFolder.Stream"/>: whether only the headers of the files are read beforehand, which takes a fraction of the time but finds neither
    /// truncated files nor damaged pixels. Default false, because an error that is found late ends a run.
    /// </summary>
    public bool CheckHeadersOnly { get; init; }

    internal static int DefaultDecodeThreads => Math.Clamp(Environment.ProcessorCount / 2, 1, 8);

    internal void ThrowIfInvalid()
    {
        var faults = new List<string>();
        if (Image.Channels is not (1 or 3 or 4))
            faults.Add($"Image must have 1, 3 or 4 channels but has {Image.Channels}.");
        if (Image.Height < 1 || Image.Width < 1)
            faults.Add($"Image must be at least 1 × 1 pixels but is {Image.Height} × {Image.Width}.");
        if (!Enum.IsDefined(CorruptImages))
            faults.Add($"CorruptImages must be Refuse or Skip but is {CorruptImages}.");
        if (LargestImagePixels < 1)
            faults.Add(FormattableString.Invariant($"LargestImagePixels must be at least 1 but is {LargestImagePixels}."));
        if (!(HeldOutFraction >= 0 && HeldOutFraction < 1))
            faults.Add(FormattableString.Invariant($"HeldOutFraction must be at least 0 and below 1 but is {HeldOutFraction}."));
        if (BatchesAhead < 0)
            faults.Add($"BatchesAhead must be at least 0 but is {BatchesAhead}.");
        if (DecodeThreads < 1)
            faults.Add($"DecodeThreads must be at least 1 or null but is {DecodeThreads}.");
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, ["The image folder options are invalid:", .. faults.Select(fault => $"- {fault}")]));
    }
}
