using GanSharp.Optimization.Averages;
using GanSharp.Runtime;
using GanSharp.Training.Guards;
using GanSharp.Training.Serving;
using GanSharp.Training.State;

namespace GanSharp.Training.Runs;

/// <summary>What any trainer is made of, put together after every check has passed, and released in the opposite order.</summary>
internal abstract class TrainerParts : IDisposable
{
    private readonly Stack<IDisposable> owned = new();

    /// <summary>The averages of G's weights.</summary>
    public abstract AverageSet Averages { get; }

    public abstract DivergenceGuard Guard { get; }

    public abstract RollBack RollBack { get; }

    public abstract GeneratorSampling Sampling { get; }

    public abstract TrainingState State { get; }

    /// <summary>Whether every rank has the state of rank 0.</summary>
    public bool IsShared { get; set; }

    /// <summary>What was chosen by a look at the networks, and must be alike on all ranks.</summary>
    public virtual IReadOnlyList<KeyValuePair<string, string>> Decisions => [];

    /// <summary>One step of the algorithm.</summary>
    /// <param name="isContinued">Whether nothing but the step before has touched the networks since.</param>
    public abstract void Step(bool isContinued);

    /// <summary>Throws where the networks were tampered with; called once a report.</summary>
    public abstract void ThrowIfParametersMoved();

    public void Dispose()
    {
        while (owned.TryPop(out var part))
            part.Dispose();
        GlibcAllocator.Release();
    }

    protected T Own<T>(T part)
        where T : IDisposable
    {
        owned.Push(part);
        return part;
    }
}
