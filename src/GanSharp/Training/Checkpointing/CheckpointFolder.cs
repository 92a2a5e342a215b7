using System.Globalization;
using System.Text;
using GanSharp.IO;

namespace GanSharp.Training.Checkpointing;

/// <summary>
/// A folder of checkpoints, each a folder "step-000000500" that appears whole or not at all: it is written under another name, flushed and renamed.
/// There is no pointer to the latest, which could be wrong: it is the highest step whose checksums hold.
/// </summary>
internal sealed class CheckpointFolder(string folder)
{
    public const string TensorsName = "state.safetensors", ManifestName = "state.json", ChecksumsName = "SHA256SUMS";
    private const string Prefix = "step-", Unfinished = ".unfinished", Discarded = ".discarded", Damaged = ".damaged";

    public string FullName { get; } = Path.GetFullPath(folder);

    public string PathOf(long step) => Path.Combine(FullName, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:000000000}"));

    /// <summary>The checkpoints by their names, newest first, damaged ones included.</summary>
    public IReadOnlyList<(long Step, string Path)> List() => !Directory.Exists(FullName) ? [] : [.. Directory.EnumerateDirectories(FullName, $"{Prefix}*")
        .Select(folder => (Step: StepOf(Path.GetFileName(folder)), Path: folder))
        .Where(checkpoint => checkpoint.Step is not null)
        .Select(checkpoint => (checkpoint.Step!.Value, checkpoint.Path))
        .OrderByDescending(checkpoint => checkpoint.Value)];

    /// <summary>What is wrong with a checkpoint; null where both files match their checksums.</summary>
    public static string? Fault(string checkpoint)
    {
        try
        {
            var sums = File.ReadAllLines(Path.Combine(checkpoint, ChecksumsName));
            foreach (var name in new[] { TensorsName, ManifestName })
                if (!sums.Contains($"{DurableFile.Hash(Path.Combine(checkpoint, name))}  {name}"))
                    return $"{name} doesn't match its checksum";
            return null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"a file is missing ({ChecksumsName}, {TensorsName} and {ManifestName} belong together)";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"it can't be read: {exception.Message}";
        }
    }

    /// <summary>Writes a checkpoint. When this returns, a power cut doesn't take it back; where it throws, nothing is there.</summary>
    public void Write(long step, Action<Stream> writeTensors, Action<Stream> writeManifest)
    {
        var target = PathOf(step);
        var unfinished = $"{target}{Unfinished}";
        Remove(unfinished);
        try
        {
            Directory.CreateDirectory(unfinished);
            string In(string name) => Path.Combine(unfinished, name);
            var tensors = DurableFile.Write(In(TensorsName), writeTensors);
            var manifest = DurableFile.Write(In(ManifestName), writeManifest);
            DurableFile.Write(In(ChecksumsName), stream => stream.Write(Encoding.ASCII.GetBytes($"{tensors}  {TensorsName}\n{manifest}  {ManifestName}\n")));
            DiskFolder.Flush(unfinished);
            Discard(target);
            Directory.Move(unfinished, target);
            DiskFolder.Flush(FullName);
        }
        catch
        {
            Remove(unfinished);
            throw;
        }
    }

    /// <summary>Removes what is neither among the newest, nor a multiple of the steps to keep forever, nor the best.</summary>
    /// <returns>Why one could not be removed; null where all could.</returns>
    public Exception? Prune(int keepLast, long? keepEverySteps, long? best)
    {
        Exception? failure = null;
        foreach (var (step, path) in List().Skip(keepLast).Where(checkpoint => checkpoint.Step != best && (keepEverySteps is not { } every || checkpoint.Step % every != 0)))
            try
            {
                Discard(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                failure ??= exception;
            }
        return failure;
    }

    /// <summary>Removes what a process that was killed left half written or half removed. Only who holds the lock may. What is half removed and can't be removed whole is in nobody's way.</summary>
    public void RemoveLeftovers()
    {
        foreach (var folder in Directory.EnumerateDirectories(FullName, $"{Prefix}*"))
            try
            {
                if (folder.EndsWith(Unfinished, StringComparison.Ordinal) || folder.EndsWith(Discarded, StringComparison.Ordinal))
                    Remove(folder);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && folder.EndsWith(Discarded, StringComparison.Ordinal))
            {
            }
    }

    /// <summary>Takes a damaged checkpoint out of the count but leaves it to be looked at.</summary>
    public static void SetAside(string checkpoint)
    {
        Remove($"{checkpoint}{Damaged}");
        Directory.Move(checkpoint, $"{checkpoint}{Damaged}");
    }

    // Renamed first: a removal that is interrupted must not leave a checkpoint that looks damaged.
    private static void Discard(string checkpoint)
    {
        if (!Directory.Exists(checkpoint))
            return;
        Remove($"{checkpoint}{Discarded}");
        Directory.Move(checkpoint, $"{checkpoint}{Discarded}");
        Remove($"{checkpoint}{Discarded}");
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private static long? StepOf(string name) =>
        name.Length >= Prefix.Length + 9 && name.StartsWith(Prefix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;
}
