namespace GanSharp.Training.Checkpointing;

/// <summary>
/// Holds a folder for one run. The lock is the operating system's on an open file, so it ends with the process, however that ends:
/// there are no stale locks. Who holds it stands in a second file, for the message.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream file;

    private FolderLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock, which also proves that the folder can be written.</summary>
    /// <param name="folder">The folder; made where it isn't there.</param>
    /// <param name="content">What is written there, for the message.</param>
    /// <param name="name">The lock's file: a folder may serve for two things.</param>
    /// <exception cref="CheckpointException">Another run holds it, or the folder can't be made or written.</exception>
    public static FolderLock Take(string folder, string content = "checkpoints", string name = "run.lock")
    {
        var path = Path.Combine(folder, name);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"The folder '{folder}' for {content} can't be made: {exception.Message} Nothing was trained. Choose another folder.", exception);
        }
        var holder = $"{path}.holder";
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (File.Exists(path) && File.Exists(holder) && exception is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new CheckpointException($"Another run writes {content} to '{folder}' ({ReadHolder(holder)}). Stop it, or choose another folder.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"The folder '{folder}' for {content} can't be written: {exception.Message} Nothing was trained. Choose another folder, or change its permissions.", exception);
        }
        try
        {
            File.WriteAllText(holder, FormattableString.Invariant($"process {Environment.ProcessId} on {Environment.MachineName}"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            throw new CheckpointException($"The folder '{folder}' for {content} can't be written: {exception.Message} Nothing was trained. Make room, or choose another folder.", exception);
        }
        return new FolderLock(file);
    }

    public void Dispose() => file.Dispose();

    private static string ReadHolder(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "which one is not known";
        }
    }
}
