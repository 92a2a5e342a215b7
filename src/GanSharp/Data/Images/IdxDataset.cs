using static TorchSharp.torch;

namespace GanSharp.Data.Images;

/// <summary>Data sets of the MNIST family (MNIST, Fashion-MNIST, KMNIST, …) from their IDX files.</summary>
public static class IdxDataset
{
    private const double DefaultHeldOutFraction = 0.1;

    /// <summary>
    /// Loads a folder with the family's usual file names: train-images-idx3-ubyte, train-labels-idx1-ubyte, and for the held-out part
    /// t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, each plain or with .gz. Only the first must be there.
    /// Without test images a tenth of the training images is held out.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The data set's name in messages and reports; the folder's name where null.</param>
    /// <param name="largestBytes">Decompressed size above which a file is refused. Default <see cref="IdxFile.DefaultLargestBytes"/>.</param>
    /// <returns>Images of shape [1, height, width] in [−1, 1], kept as uint8, with labels where there are any.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder has no training images.</exception>
    /// <exception cref="InvalidDatasetException">A file is damaged, or the numbers of images and labels differ.</exception>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is empty.</exception>
    public static InMemoryDataset Load(string folder, string? name = null, int largestBytes = IdxFile.DefaultLargestBytes)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The folder '{folder}' doesn't exist.");
        name ??= Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar));
        var images = Find(folder, "train-images")
            ?? throw new FileNotFoundException($"'{folder}' has no training images: it must hold train-images-idx3-ubyte, plain or with .gz.");
        if (Find(folder, "t10k-images") is not { } testImages)
        {
            using var all = Load(images, Find(folder, "train-labels"), null, name, largestBytes);
            return all.Split(DefaultHeldOutFraction);
        }
        var heldOut = Load(testImages, Find(folder, "t10k-labels"), null, $"{name}, held out", largestBytes);
        try
        {
            return Load(images, Find(folder, "train-labels"), heldOut, name, largestBytes);
        }
        catch
        {
            heldOut.Dispose();
            throw;
        }
    }

    private static InMemoryDataset Load(string imagesPath, string? labelsPath, InMemoryDataset? heldOut, string name, int largestBytes)
    {
        using var scope = NewDisposeScope();
        var images = IdxFile.Read(imagesPath, largestBytes);
        if (images.dim() != 3)
            throw new InvalidDatasetException($"'{imagesPath}' must have three dimensions (images, rows, columns) but has {images.dim()}.");
        var labels = labelsPath is null ? null : IdxFile.Read(labelsPath, largestBytes);
        if (labels is not null && (labels.dim() != 1 || labels.shape[0] != images.shape[0]))
            throw new InvalidDatasetException($"'{labelsPath}' must have one label for each of the {images.shape[0]} images of '{imagesPath}' but has shape {Tensors.Shape.Format(labels.shape)}.");
        if (heldOut is not null && !heldOut.SampleShape.Skip(1).SequenceEqual(images.shape.Skip(1)))
            throw new InvalidDatasetException($"'{imagesPath}' has images of {images.shape[1]} × {images.shape[2]} but the test images beside it are {heldOut.SampleShape[1]} × {heldOut.SampleShape[2]}.");
        return new InMemoryDataset(images.unsqueeze(1), labels, heldOut, name);
    }

    private static string? Find(string folder, string prefix)
    {
        var kind = prefix.EndsWith("images", StringComparison.Ordinal) ? "idx3" : "idx1";
        return new[] { $"{prefix}-{kind}-ubyte", $"{prefix}-{kind}-ubyte.gz", $"{prefix}.{kind}-ubyte", $"{prefix}.{kind}-ubyte.gz" }
            .Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }
}
