using System.Buffers;
using System.Collections.Concurrent;

namespace GanSharp.Data.Images;

/// <summary>The image files of a folder in the order of their names, with their classes.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Paths">The files.</param>
/// <param name="Labels">The class of each file, or null.</param>
/// <param name="ClassNames">Names of the classes in the order of the labels.</param>
internal sealed record ImageFiles(string Folder, string[] Paths, long[]? Labels, string[] ClassNames)
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"];
    private const int NamesInMessage = 10;

    public string Name => Path.GetFileName(Path.GetFullPath(Folder).TrimEnd(Path.DirectorySeparatorChar));

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDatasetException">There are no images, or a link is circular.</exception>
    public static ImageFiles Find(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The folder '{folder}' doesn't exist.");
        var paths = FolderWalk.Files(folder)
            .Where(path => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal).ToArray();
        if (paths.Length == 0)
            throw new InvalidDatasetException($"'{folder}' must hold images ({string.Join(", ", Extensions)}) but it and its subfolders have none.");
        var parts = paths.Select(path => Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar)).ToArray();
        var classNames = parts.Select(part => part[0]).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (parts.Any(part => part.Length == 1) || classNames.Length < 2)
            return new ImageFiles(folder, paths, null, []);
        var labels = classNames.Select((name, label) => (name, label)).ToDictionary(pair => pair.name, pair => (long)pair.label);
        return new ImageFiles(folder, paths, [.. parts.Select(part => labels[part[0]])], classNames);
    }

    /// <summary>
    /// Checks every file on all processors and returns the errors by file number. <paramref name="fault"/> returns why the file with a given number
    /// can't be used, or null; it may use the given bytes, which have room for one image.
    /// </summary>
    /// <exception cref="InvalidDatasetException">There are errors and the options refuse them, or no file is usable.</exception>
    public SortedList<int, string> Check(ImageFolderOptions options, Func<int, Memory<byte>, string?> fault, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var faults = new ConcurrentDictionary<int, string>();
        var done = 0;
        Parallel.For(0, Paths.Length, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, index =>
        {
            using var scratch = MemoryPool<byte>.Shared.Rent(options.Image.Size);
            if (fault(index, scratch.Memory[..options.Image.Size]) is { } found)
                faults[index] = found;
            progress?.Report(Interlocked.Increment(ref done) / (double)Paths.Length);
        });
        var sorted = new SortedList<int, string>(faults);
        if (sorted.Count > 0 && (options.CorruptImages == CorruptImagePolicy.Refuse || sorted.Count == Paths.Length))
            throw new InvalidDatasetException($"{sorted.Count} of the {Paths.Length} images in '{Folder}' can't be decoded:{Environment.NewLine}"
                + string.Join(Environment.NewLine, Describe(sorted).Take(NamesInMessage).Select(name => $"- {name}"))
                + (sorted.Count > NamesInMessage ? $"{Environment.NewLine}- … and {sorted.Count - NamesInMessage} more" : "")
                + $"{Environment.NewLine}Repair or remove them, or set CorruptImages to Skip.");
        return sorted;
    }

    /// <summary>Each file with its error.</summary>
    public string[] Describe(SortedList<int, string> faults) => [.. faults.Select(fault => $"{Paths[fault.Key]}: {fault.Value}")];

    /// <summary>The files with these numbers.</summary>
    public ImageFiles Select(IEnumerable<long> numbers)
    {
        var chosen = numbers.ToArray();
        return this with { Paths = [.. chosen.Select(number => Paths[number])], Labels = Labels is null ? null : [.. chosen.Select(number => Labels[number])] };
    }

    /// <summary>The files without those that have an error.</summary>
    public ImageFiles Except(SortedList<int, string> faults) =>
        faults.Count == 0 ? this : Select(Enumerable.Range(0, Paths.Length).Where(number => !faults.ContainsKey(number)).Select(number => (long)number));
}
