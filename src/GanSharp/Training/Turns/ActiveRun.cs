using System.Collections;

namespace GanSharp.Training.Turns;

/// <summary>One enumeration of a run.</summary>
internal abstract class ActiveRun
{
    /// <summary>Ends the enumeration for a caller that holds the gate: makes the last checkpoint and releases the folder.</summary>
    public abstract void Abandon();
}

/// <summary>Pulls reports while holding the trainer's turn, and prevents a second enumeration during its lifetime.</summary>
/// <typeparam name="TReport">Type of the reports.</typeparam>
internal sealed class ActiveRun<TReport> : ActiveRun, IEnumerator<TReport>
{
    private readonly TrainerGate gate;
    private readonly IEnumerator<TReport> reports;

    /// <exception cref="InvalidOperationException">Another one is in progress.</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public ActiveRun(TrainerGate gate, IEnumerator<TReport> reports)
    {
        (this.gate, this.reports) = (gate, reports);
        gate.Begin(this);
    }

    public TReport Current => reports.Current;

    object? IEnumerator.Current => Current;

    public bool MoveNext()
    {
        gate.BeginPull();
        try
        {
            return reports.MoveNext();
        }
        finally
        {
            gate.EndPull();
        }
    }

    public void Reset() => throw new NotSupportedException();

    public override void Abandon() => reports.Dispose();

    public void Dispose()
    {
        try
        {
            gate.Finish(reports.Dispose);
        }
        finally
        {
            gate.End(this);
        }
    }
}
