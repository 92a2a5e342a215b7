using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace GanSharp.Data;

/// <summary>
/// The images of a folder and its subfolders (PNG, JPEG, WebP, BMP, GIF), decoded once into memory as uint8 of one shape.
/// Where every image lies in a subfolder and there are at least two of these, the subfolders are the classes.
/// Links are followed; archives aren't read.
/// </summary>
public sealed class ImageFolder : Dataset
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"];
    private const int NamesInMessage = 10;
    private readonly TensorDataset images;

    private ImageFolder(TensorDataset images, IReadOnlyList<string> classNames, IReadOnlyList<string> skipped)
        : base(images.Name, images.SampleShape) => (this.images, ClassNames, Skipped) = (images, classNames, skipped);

    /// <summary>Names of the classes in the order of their labels, sorted; empty where the images have no labels.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Files left out under <see cref="CorruptImagePolicy.Skip"/>, each with the reason.</summary>
    public IReadOnlyList<string> Skipped { get; }

    /// <inheritdoc/>
    public override long? Count => images.Count;

    /// <inheritdoc/>
    public override Dataset? HeldOut => images.HeldOut;

    /// <summary>Decodes every image of a folder, on all processors.</summary>
    /// <param name="folder">The folder; files that aren't images by their extension are ignored.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Told the share of the files that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ArgumentException">An option is invalid; the message lists every fault.</exception>
    /// <exception cref="InvalidDatasetException">There are no images, too many for memory, or some can't be decoded, or a link leads in circles.</exception>
    public static ImageFolder Load(
        string folder, ImageFolderOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        options ??= new ImageFolderOptions();
        options.ThrowIfInvalid();
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The folder '{folder}' doesn't exist.");
        var files = Files(folder);
        var bytes = files.Length * (long)options.Image.Size;
        if (bytes > Array.MaxLength)
            throw new InvalidDatasetException($"'{folder}' has {files.Length:N0} images, which as {options.Image} take {bytes:N0} bytes; at most {Array.MaxLength:N0} can be held in memory. Use a smaller image shape or fewer files.");

        var pixels = new byte[bytes];
        var faults = Decode(files, options, pixels, progress, cancellationToken);
        var skipped = faults.OrderBy(fault => fault.Key).Select(fault => $"{files[fault.Key]}: {fault.Value}").ToArray();
        if (skipped.Length > 0 && (options.CorruptImages == CorruptImagePolicy.Refuse || skipped.Length == files.Length))
            throw new InvalidDatasetException($"{skipped.Length} of the {files.Length} images in '{folder}' can't be decoded:{Environment.NewLine}"
                + string.Join(Environment.NewLine, skipped.Take(NamesInMessage).Select(name => $"- {name}"))
                + (skipped.Length > NamesInMessage ? $"{Environment.NewLine}- … and {skipped.Length - NamesInMessage} more" : "")
                + $"{Environment.NewLine}Repair or remove them, or set CorruptImages to Skip.");

        using var scope = NewDisposeScope();
        var (labels, classNames) = Labels(folder, files);
        var good = tensor(Enumerable.Range(0, files.Length).Where(index => !faults.ContainsKey(index)).Select(index => (long)index).ToArray());
        var all = tensor(pixels, [files.Length, options.Image.Channels, options.Image.Height, options.Image.Width], ScalarType.Byte);
        if (skipped.Length > 0)
            (all, labels) = (all.index_select(0, good), labels?.index_select(0, good));
        var dataset = new TensorDataset(all, labels, name: Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar)));
        if (options.HeldOutFraction == 0)
            return new ImageFolder(dataset, classNames, skipped);
        using (dataset)
            return new ImageFolder(dataset.Split(options.HeldOutFraction, options.Seed), classNames, skipped);
    }

    /// <inheritdoc/>
    public override Batch Draw(long seed, long position, int count) => images.Draw(seed, position, count);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            images.Dispose();
    }

    private static string[] Files(string folder)
    {
        var files = FolderWalk.Files(folder)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal).ToArray();
        return files.Length > 0 ? files
            : throw new InvalidDatasetException($"'{folder}' must hold images ({string.Join(", ", Extensions)}) but it and its subfolders have none.");
    }

    private static ConcurrentDictionary<int, string> Decode(
        string[] files, ImageFolderOptions options, byte[] pixels, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var faults = new ConcurrentDictionary<int, string>();
        var done = 0;
        Parallel.For(0, files.Length, new ParallelOptions { CancellationToken = cancellationToken }, index =>
        {
            var target = pixels.AsSpan(index * options.Image.Size, options.Image.Size);
            if (ImageDecoder.Fault(files[index], options.Image, options.LargestImagePixels, target) is { } fault)
                faults[index] = fault;
            progress?.Report(Interlocked.Increment(ref done) / (double)files.Length);
        });
        return faults;
    }

    private static (Tensor? Labels, string[] ClassNames) Labels(string folder, string[] files)
    {
        var parts = files.Select(file => Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar)).ToArray();
        var classNames = parts.Select(part => part[0]).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (parts.Any(part => part.Length == 1) || classNames.Length < 2)
            return (null, []);
        return (tensor(parts.Select(part => (long)Array.IndexOf(classNames, part[0])).ToArray()), classNames);
    }
}
