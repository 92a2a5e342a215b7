namespace GanSharp.Data.Images;

/// <summary>
/// Fashion-MNIST (Xiao, Rasul, Vollgraf 2017, MIT license): 60,000 training and 10,000 held-out gray images of garments, 28 × 28, in ten classes.
/// </summary>
public static class FashionMnist
{
    private const string Name = "Fashion-MNIST";

    /// <summary>The folder in which Debian's package dataset-fashion-mnist installs the files.</summary>
    public const string DebianFolder = "/usr/share/datasets/fashion-mnist";

    /// <summary>The classes' names in the order of their labels.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
        ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    /// <summary>The folder for downloaded files: GanSharp/fashion-mnist in the user's folder for local application data.</summary>
    public static string CacheFolder { get; } = IdxDownload.CacheFolder("fashion-mnist");

    internal static IdxDownload Download { get; } = new(
        Name, "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
        [
            ("t10k-images-idx3-ubyte.gz", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
            ("t10k-labels-idx1-ubyte.gz", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
            ("train-labels-idx1-ubyte.gz", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
            ("train-images-idx3-ubyte.gz", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
        ],
        [DebianFolder, CacheFolder], "Install Debian's package dataset-fashion-mnist, or put the four files into a folder and pass that folder.");

    /// <summary>
    /// Loads the images from the given folder; without one from <see cref="DebianFolder"/> or <see cref="CacheFolder"/>,
    /// and where neither has them downloads them (30 MB) into the cache and checks each against its SHA-256.
    /// </summary>
    /// <param name="folder">A folder with the four IDX files, plain or gzip; a subset in the same format works too. Null (the default) to look for them, and to download what isn't there.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <returns>Images of shape [1, 28, 28] in [−1, 1] with labels 0 to 9; the caller disposes them.</returns>
    /// <exception cref="InvalidDatasetException">A file is damaged.</exception>
    /// <exception cref="IOException">There is no such folder, or the images weren't found and can't be downloaded; the message lists what was tried.</exception>
    public static InMemoryDataset Load(string? folder = null, CancellationToken cancellationToken = default) =>
        IdxDataset.Load(folder ?? Download.Find(cancellationToken), Name);
}
