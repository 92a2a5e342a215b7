using GanSharp.Training.Runs;

namespace GanSharp.Live;

/// <summary>What the page's buttons do to the run: it stands still between two steps, goes on, and makes a checkpoint.</summary>
/// <param name="trainer">The trainer; null where the folder was only opened.</param>
internal sealed class RunControl(Trainer? trainer)
{
    private readonly Lock pausing = new();
    private IDisposable? pause;
    private bool isOver;

    /// <summary>Steps taken; null where no trainer is known.</summary>
    public long? Step => trainer?.Step;

    /// <summary>In a word, for the page.</summary>
    public string State
    {
        get
        {
            lock (pausing)
                return isOver ? "over" : trainer is null ? "not running here" : trainer.IsPaused ? "paused" : "running";
        }
    }

    public bool CanPause
    {
        get
        {
            lock (pausing)
                return trainer is not null && !isOver;
        }
    }

    public bool CanSave => CanPause && trainer!.MakesCheckpoints;

    /// <summary>The run stands still after the step in progress.</summary>
    public bool Pause()
    {
        lock (pausing)
        {
            if (trainer is null || isOver)
                return false;
            pause ??= trainer.Pause();
            return true;
        }
    }

    public bool GoOn()
    {
        lock (pausing)
        {
            var wasPaused = pause is not null;
            pause?.Dispose();
            pause = null;
            return wasPaused;
        }
    }

    public bool Save() => CanSave && trainer!.RequestCheckpoint();

    /// <summary>The run has ended: nothing may hold it any more.</summary>
    public void End()
    {
        // Under one lock, or a pause that comes between the two would hold the run for good.
        lock (pausing)
        {
            isOver = true;
            GoOn();
        }
    }
}
