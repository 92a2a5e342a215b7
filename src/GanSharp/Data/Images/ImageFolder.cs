using static TorchSharp.torch;

namespace GanSharp.Data.Images;

/// <summary>
/// The images of a folder and its subfolders (PNG, JPEG, WebP, BMP, GIF) as uint8 of one shape: <see cref="Load"/> decodes all of them into memory,
/// <see cref="Stream"/> decodes each when it is needed, for folders larger than memory. Both yield the same sequence, bit for bit.
/// If every image is in a subfolder and there are at least two subfolders, the subfolders are the classes.
/// Links are followed; archives aren't read.
/// </summary>
public sealed class ImageFolder : Dataset
{
    private readonly Dataset images;

    private ImageFolder(Dataset images, IReadOnlyList<string> classNames, IReadOnlyList<string> skipped)
        : base(images.Name, images.SampleShape) => (this.images, ClassNames, Skipped) = (images, classNames, skipped);

    /// <summary>Names of the classes in the order of their labels, sorted; empty where the images have no labels.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Files left out under <see cref="CorruptImagePolicy.Skip"/>, each with the reason.</summary>
    public IReadOnlyList<string> Skipped { get; }

    /// <inheritdoc/>
    public override long? Count => images.Count;

    /// <inheritdoc/>
    public override Dataset? HeldOut => images.HeldOut;

    internal override (long Lowest, long Highest)? LabelRange => images.LabelRange;

    internal override Tensor? ReadLabels(long seed, long position, int count) => images.ReadLabels(seed, position, count);

    /// <summary>Decodes every image of a folder into memory, on all processors. The fastest to draw from if the images fit in memory.</summary>
    /// <param name="folder">The folder; files without an image extension are ignored.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Receives the share of files that are done, 0 to 1; null (the default) for nobody.</param>
    /// <param name="cancellationToken">Stops the work with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The images as a data set of shape [channels, height, width], which the caller disposes; labels are those of the subfolders.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ArgumentException">An option is invalid; the message lists every invalid option.</exception>
    /// <exception cref="InvalidDatasetException">There are no images, too many for memory, or some can't be decoded, or a link is circular.</exception>
    public static ImageFolder Load(
        string folder, ImageFolderOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        var (files, chosen) = Find(folder, options);
        var (count, image) = (files.Paths.Length, chosen.Image);
        var bytes = count * (long)image.Size;
        if (bytes > Array.MaxLength)
            throw new InvalidDatasetException($"'{folder}' has {count:N0} images, which as {image} take {bytes:N0} bytes; at most {Array.MaxLength:N0} can be held in memory. Use ImageFolder.Stream, a smaller image shape or fewer files.");

        var pixels = new byte[bytes];
        var faults = files.Check(chosen, (number, _) => ImageDecoder.Fault(files.Paths[number], chosen, pixels.AsSpan(number * image.Size, image.Size)), progress, cancellationToken);
        using var scope = NewDisposeScope();
        var all = tensor(pixels, [count, image.Channels, image.Height, image.Width], ScalarType.Byte);
        if (faults.Count > 0)
            all = all.index_select(0, tensor(Enumerable.Range(0, count).Where(number => !faults.ContainsKey(number)).Select(number => (long)number).ToArray()));
        var dataset = new InMemoryDataset(all, files.Except(faults).Labels is { } labels ? tensor(labels) : null, name: files.Name);
        if (chosen.HeldOutFraction == 0)
            return new ImageFolder(dataset, files.ClassNames, files.Describe(faults));
        using (dataset)
            return new ImageFolder(dataset.Split(chosen.HeldOutFraction, chosen.Seed), files.ClassNames, files.Describe(faults));
    }

    /// <summary>
    /// Leaves the images in their files and decodes those of a batch when it is drawn; where draws follow one another, as in training, the next
    /// <see cref="ImageFolderOptions.BatchesAhead"/> batches are decoded in the background by <see cref="ImageFolderOptions.DecodeThreads"/> threads. No other image
    /// is in memory. Every file is decoded once beforehand, so that damaged files are found before training instead of hours into it
    /// (<see cref="ImageFolderOptions.CheckHeadersOnly"/> shortens that).
    /// If a file is changed or removed later, the draw that needs it fails with an <see cref="InvalidDatasetException"/> that names it.
    /// </summary>
    /// <exception cref="InvalidDatasetException">There are no images, or some can't be decoded, or a link is circular.</exception>
    /// <inheritdoc cref="Load"/>
    public static ImageFolder Stream(
        string folder, ImageFolderOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        var (files, chosen) = Find(folder, options);
        var faults = files.Check(chosen, Fault, progress, cancellationToken);
        return new ImageFolder(StreamedImages.Open(files.Except(faults), chosen), files.ClassNames, files.Describe(faults));

        string? Fault(int number, Memory<byte> scratch) => chosen.CheckHeadersOnly
            ? ImageDecoder.HeaderFault(files.Paths[number], chosen)
            : ImageDecoder.Fault(files.Paths[number], chosen, scratch.Span);
    }

    /// <inheritdoc/>
    public override Batch Draw(long seed, long position, int count) => images.Draw(seed, position, count);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            images.Dispose();
    }

    private static (ImageFiles Files, ImageFolderOptions Options) Find(string folder, ImageFolderOptions? options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        options ??= new ImageFolderOptions();
        options.ThrowIfInvalid();
        return (ImageFiles.Find(folder), options);
    }
}
