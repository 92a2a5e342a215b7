using GanSharp.Metrics;
using GanSharp.Training.State;

namespace GanSharp.Training.Checkpointing;

/// <summary>
/// Makes the checkpoints of one enumeration of a run. The training thread copies; another thread writes, one checkpoint at a time:
/// where the disk is slower than the interval, the next copy waits for it.
/// </summary>
internal sealed class CheckpointKeeper : IDisposable
{
    private readonly TrainingState state;
    private readonly Action checkWeights, remember;
    private readonly Func<bool> isAsked;
    private readonly CheckpointOptions options;
    private readonly CheckpointFolder folder;
    private readonly FolderLock folderLock;
    private readonly CheckpointContent content;
    private Task writing = Task.CompletedTask;
    private BestCheckpoint? writtenBest;
    private long savedStep;
    private bool isWhole = true;
    private Exception? notRemoved;
    private bool isToldOfIt;

    /// <summary>Locks the folder and proves that it can be written and belongs to this run, before any step is taken.</summary>
    /// <param name="state">What is saved.</param>
    /// <param name="description">The options of the run, which a resume compares.</param>
    /// <param name="path">The folder.</param>
    /// <param name="options">When, and how many are kept.</param>
    /// <param name="checkWeights">Throws where the weights aren't worth saving.</param>
    /// <param name="remember">Told of each copy, so that no roll-back goes behind it.</param>
    /// <param name="isAsked">Takes a request for a checkpoint beside those that are due.</param>
    /// <exception cref="CheckpointException">It can't, or doesn't.</exception>
    public CheckpointKeeper(
        TrainingState state, SortedDictionary<string, string> description, string path, CheckpointOptions options, Action checkWeights, Action remember, Func<bool> isAsked)
    {
        (this.state, this.options, this.checkWeights, this.remember, this.isAsked, folder) = (state, options, checkWeights, remember, isAsked, new CheckpointFolder(path));
        folderLock = FolderLock.Take(folder.FullName);
        try
        {
            folder.RemoveLeftovers();
            ThrowIfOfAnotherRun();
            savedStep = folder.List().Any(checkpoint => checkpoint.Step == state.Step) ? state.Step : -1;
            // Of another folder, or by another metric.
            if (state.Best is { } best && (best.Metric != options.KeepBest || folder.List().All(checkpoint => checkpoint.Step != best.Step)))
                state.Best = null;
            writtenBest = state.Best;
            content = new CheckpointContent(state, description);
        }
        catch (Exception exception)
        {
            folderLock.Dispose();
            if (exception is (IOException or UnauthorizedAccessException) and not CheckpointException)
                throw new CheckpointException($"The folder '{path}' for checkpoints can't be put in order: {exception.Message} Nothing was trained. Remove what is in the way, or choose another folder.", exception);
            throw;
        }
    }

    /// <summary>A step begins: until <see cref="StepEnded"/> the trainer's state is neither the old nor the new one.</summary>
    public void StepBegins() => isWhole = false;

    /// <summary>The state is whole again.</summary>
    public void StepEnded() => isWhole = true;

    /// <summary>The metrics were measured: where the one to keep by is better than ever, this step's checkpoint is the best.</summary>
    public void Measured(IReadOnlyDictionary<string, MetricReading> readings)
    {
        if (options.KeepBest is { } name && readings.TryGetValue(name, out var reading) && reading.IsBetterThan(state.Best?.Value ?? double.NaN))
            state.Best = new BestCheckpoint(name, reading.Value, state.Step);
    }

    /// <summary>Makes a checkpoint where one is due, and reports one that could not be written.</summary>
    public void SaveIfDue()
    {
        if (IsDue(mayBeDue: true))
            Save();
    }

    /// <summary>Whether one is due, or was asked for.</summary>
    /// <param name="mayBeDue">Whether those of the schedule count: they don't before the first step.</param>
    public bool IsDue(bool mayBeDue)
    {
        if (writing.IsCompleted)
            Await();
        return (isAsked() || (mayBeDue && (state.Step % options.EverySteps == 0 || state.Best?.Step == state.Step))) && state.Step != savedStep;
    }

    /// <summary>Makes a checkpoint where one was asked for while the run stands still.</summary>
    public void SaveIfAsked()
    {
        if (isAsked() && isWhole && state.Step != savedStep)
            Save();
    }

    /// <summary>Makes the last checkpoint, unless training failed in the middle of a step, waits until it is written, and lets the folder go.</summary>
    public void Dispose()
    {
        try
        {
            var failed = Failure();
            if (isWhole && (state.Step != savedStep || failed is not null))
                Save();
            failed = Failure();
            if (isWhole && failed is not null)
                throw failed;
        }
        finally
        {
            content.Dispose();
            folderLock.Dispose();
        }
    }

    /// <summary>Makes a checkpoint, whether or not one is due.</summary>
    public void Save()
    {
        Await();
        checkWeights();
        content.Capture();
        remember();
        savedStep = state.Step;
        writing = Task.Run(() => state.Events.WriteCheckpoint(content.Step, folder.FullName, () =>
        {
            content.WriteTo(folder);
            writtenBest = content.Best;
            notRemoved = folder.Prune(options.KeepLast, options.KeepEverySteps, content.Best?.Step);
        }));
    }

    private void Await()
    {
        if (Failure() is not { } failure)
            return;
        if (options.OnWriteFailure == WriteFailurePolicy.Stop)
            throw failure;
        state.Warnings.CheckpointFailed(failure.Message);
    }

    /// <summary>Waits for the write in progress and takes its failure, once.</summary>
    private CheckpointException? Failure()
    {
        try
        {
            writing.GetAwaiter().GetResult();
            WarnIfNotRemoved();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            state.Events.CheckpointFailed(content.Step, exception);
            // What isn't there can't be the best.
            if (state.Best?.Step == content.Step)
                state.Best = writtenBest;
            var kept = folder.List().Select(checkpoint => checkpoint.Step).FirstOrDefault(-1);
            return new CheckpointException(
                $"The checkpoint of step {content.Step} can't be written to '{folder.FullName}': {exception.Message} "
                + (kept < 0 ? "There is none before it." : $"That of step {kept} is kept.") + " Make room or repair the disk, then resume.", exception);
        }
        finally
        {
            writing = Task.CompletedTask;
        }
    }

    /// <summary>Old checkpoints that stay cost room and no work, so the run goes on; the next checkpoint tries again.</summary>
    private void WarnIfNotRemoved()
    {
        if (isToldOfIt || notRemoved is not { } cause)
            return;
        isToldOfIt = true;
        state.Warnings.Add($"An old checkpoint in '{folder.FullName}' can't be removed: {cause.Message} The run goes on, and tries again at each checkpoint.");
    }

    private void ThrowIfOfAnotherRun()
    {
        foreach (var (step, path) in folder.List().Where(checkpoint => checkpoint.Step > state.Step))
        {
            if (CheckpointFolder.Fault(path) is null)
                throw new CheckpointException($"'{folder.FullName}' holds a checkpoint of step {step} but the trainer stands at step {state.Step}. Call Resume(\"{folder.FullName}\") before training, or choose another folder.");
            CheckpointFolder.SetAside(path);
        }
        if (folder.List().Select(checkpoint => CheckpointManifest.RunOf(checkpoint.Path)).FirstOrDefault(run => run is not null) is { } other && other != state.RunId)
            throw new CheckpointException($"'{folder.FullName}' holds checkpoints of another run. Call Resume(\"{folder.FullName}\") to continue that one, or choose another folder.");
    }
}
