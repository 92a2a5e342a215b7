namespace GanSharp.Data.Images;

/// <summary>Where a data set of the MNIST family is published, and what its four files must hold.</summary>
/// <param name="Name">The data set's name, for messages.</param>
/// <param name="Address">What the file names are appended to.</param>
/// <param name="Files">Names, and SHA-256 of the decompressed content: distributors recompress the files.</param>
/// <param name="Folders">Where the files may be already.</param>
/// <param name="Remedy">What to do without a network, a sentence.</param>
internal sealed record IdxDownload(string Name, string Address, IReadOnlyList<(string Name, string Sha256)> Files, IReadOnlyList<string> Folders, string Remedy)
{
    /// <summary>The folder for downloaded files: GanSharp and the set's name in the user's folder for local application data.</summary>
    public static string CacheFolder(string name) => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "GanSharp", name);

    /// <summary>Whether the folder has all four files.</summary>
    public bool IsComplete(string folder) => Files.All(file => File.Exists(Path.Combine(folder, file.Name)));

    /// <summary>The first folder that has the files; they are downloaded into the last one where none has.</summary>
    public string Find(CancellationToken cancellationToken)
    {
        if (Folders.FirstOrDefault(IsComplete) is { } found)
            return found;
        using var client = new HttpClient();
        Into(Folders[^1], client, cancellationToken);
        return Folders[^1];
    }

    /// <summary>Downloads what the folder lacks, with the client as an argument, so that tests can replace the network.</summary>
    /// <exception cref="IOException">The folder can't be made, or a file can't be downloaded; the message lists what was tried.</exception>
    public void Into(string folder, HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw Missing(folder, $"the last one can't be made to download into: {exception.Message}", exception);
        }
        foreach (var (name, sha256) in Files)
        {
            var target = Path.Combine(folder, name);
            if (File.Exists(target))
                continue;
            try
            {
                VerifiedDownload.Save(client, new Uri(Address + name), sha256, target, cancellationToken);
            }
            // HttpClient says of its own time limit that the request was canceled.
            catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                throw Missing(folder, $"{Address}{name} can't be downloaded: {exception.Message}", exception);
            }
        }
    }

    private IOException Missing(string folder, string reason, Exception cause)
    {
        var places = string.Join(" nor in ", Folders.SkipLast(1).Append(folder).Select(place => $"'{place}'"));
        return new($"{Name} is {(Folders.Count > 1 ? "neither" : "not")} in {places}, and {reason.TrimEnd('.')}. {Remedy}", cause);
    }
}
