using System.Globalization;
using System.Security.Cryptography;
using GanSharp.Communication;
using GanSharp.Tensors;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.State;
using GanSharp.Training.Telemetry;
using static TorchSharp.torch;

namespace GanSharp.Training.Runs;

/// <summary>
/// What the ranks of one enumeration agree on: that they are alike when it begins, and after each step whether it ends, stands still or makes a checkpoint. What one of them is asked, all do after the same step.
/// Where one process trains, nothing is said.
/// </summary>
internal sealed class RunRanks(Trainer trainer)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);
    private readonly ICommunicator ranks = trainer.Settings.Ranks;

    /// <summary>Whether there are others.</summary>
    public bool AreMany => ranks.Size > 1;

    /// <summary>Whether this one reads and writes files for all.</summary>
    public bool IsFirst => ranks.Rank == 0;

    /// <summary>Whether the run stood still at the last boundary, so that somebody may have had the networks.</summary>
    public bool StoodStill { get; private set; }

    /// <summary>How the ranks agreed to end; null while they go on.</summary>
    public RunOutcome? Ending { get; private set; }

    /// <summary>Compares the ranks, and gives all the state of rank 0 where they haven't got it.</summary>
    /// <param name="run">What this rank is about to do.</param>
    /// <param name="fault">Why this rank can't begin; null where it can.</param>
    /// <exception cref="RanksDifferException">They are unlike, or another can't begin.</exception>
    public void Begin(IEnumerable<KeyValuePair<string, string>> run, Exception? fault)
    {
        var description = Describe(trainer);
        foreach (var (name, value) in run)
            description[name] = value;
        if (fault is not null)
            description["a reason not to begin"] = $"'{fault.Message}'";
        try
        {
            ranks.ThrowUnlessAlike(description);
        }
        catch (RanksDifferException) when (fault is not null)
        {
            // Thrown by the caller, as it is.
            return;
        }
        if (!trainer.Parts.IsShared)
            ranks.Share(trainer.State);
        trainer.Parts.IsShared = true;
        // Rank 0 may have made a last checkpoint, behind which no roll-back goes.
        trainer.Parts.RollBack.Remember();
    }

    /// <summary>Between two steps: whether all ranks go on. What another rank was asked for is done here, too.</summary>
    /// <param name="isCanceled">Whether this rank's run is.</param>
    /// <param name="keeper">Makes the checkpoints of rank 0; null for none.</param>
    /// <param name="mayBeDue">Whether a checkpoint may be due that nobody asked for.</param>
    public bool GoOn(Func<bool> isCanceled, CheckpointKeeper? keeper, bool mayBeDue)
    {
        StoodStill = false;
        while (true)
        {
            var (canceled, left, paused, saves) = Agree(isCanceled(), false, trainer.Gate.Requests.IsPaused, keeper?.IsDue(mayBeDue) == true);
            if (canceled || left)
            {
                Compare();
                Ending = canceled ? RunOutcome.Canceled : RunOutcome.Left;
                return false;
            }
            if (saves)
                Compare();
            if (saves && keeper is not null)
                keeper.Save();
            else if (saves)
                trainer.Parts.RollBack.Remember();
            if (!paused)
                return true;
            StoodStill = true;
            trainer.Gate.StandStill(BetweenLooks);
        }
    }

    /// <summary>Rank 0's clock, so that the reports of all say the same.</summary>
    public (double Rate, TimeSpan Elapsed) OfFirst(double rate, TimeSpan elapsed)
    {
        using var scope = NewDisposeScope();
        var numbers = tensor(new[] { rate, elapsed.TotalSeconds });
        ranks.Broadcast([numbers]);
        return (numbers[0].item<double>(), TimeSpan.FromSeconds(numbers[1].item<double>()));
    }

    /// <summary>The caller has left the loop over the reports: the others, who wait for this rank's next step, are told.</summary>
    public void Leave()
    {
        try
        {
            _ = Agree(false, isLeft: true, false, false);
            Compare();
        }
        catch (Exception)
        {
            // The others are gone; what the caller is about to throw says more.
        }
    }

    /// <summary>Before a checkpoint: whether state of a caller's is that of rank 0 everywhere. A resume says so where it isn't.</summary>
    public void Compare()
    {
        var own = trainer.State.OfCallers.ToArray();
        if (own.Length == 0)
            return;
        var all = ranks.Gather([.. own.SelectMany(entry => entry.Hash)]);
        trainer.State.UnlikeAcrossRanks = [.. own.Index()
            .Where(entry => all.Any(other => !other.AsSpan(entry.Index * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes).SequenceEqual(all[0].AsSpan(entry.Index * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes))))
            .Select(entry => entry.Item.Name)];
    }

    /// <summary>What must be alike on all ranks.</summary>
    public static SortedDictionary<string, string> Describe(Trainer trainer)
    {
        var (settings, state) = (trainer.Settings, trainer.State);
        var description = trainer.Describe();
        OptionsDescription.AddReporting(description, settings);
        description[nameof(settings.BatchSize)] = settings.BatchSize.ToString(CultureInfo.InvariantCulture);
        foreach (var name in new[] { "GanSharp", "TorchSharp" })
            description[$"the version of {name}"] = RunEnvironment.Of(state.LatentRandom.device)[name];
        foreach (var (name, value) in state.Tensors)
            description[$"'{name}'"] = $"{value.dtype} {Shape.Format(value.shape)}";
        foreach (var (name, values) in state.Scalars)
            description[$"the count of numbers of '{name}'"] = values.Length.ToString(CultureInfo.InvariantCulture);
        foreach (var (name, value) in trainer.Parts.Decisions)
            description[name] = value;
        (description["the step"], description["the samples seen"]) = (state.Step.ToString(CultureInfo.InvariantCulture), state.SamplesSeen.ToString(CultureInfo.InvariantCulture));
        description["the state"] = trainer.Parts.IsShared ? "shared" : "its own";
        return description;
    }

    private (bool Canceled, bool Left, bool Paused, bool Saves) Agree(bool isCanceled, bool isLeft, bool isPaused, bool saves)
    {
        using var scope = NewDisposeScope();
        var votes = tensor(new[] { isCanceled ? 1f : 0, isLeft ? 1f : 0, isPaused ? 1f : 0, saves ? 1f : 0 });
        ranks.AllReduce([votes]);
        var all = votes.data<float>();
        return (all[0] > 0, all[1] > 0, all[2] > 0, all[3] > 0);
    }
}
