using System.Collections;

namespace GanSharp.Training;

/// <summary>One enumeration of a run: pulls reports in the trainer's turn, and keeps a second enumeration out while it lives.</summary>
internal sealed class ActiveRun : IEnumerator<StepReport>
{
    private readonly TrainerGate gate;
    private readonly IEnumerator<StepReport> reports;

    /// <exception cref="InvalidOperationException">Another one is in progress.</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public ActiveRun(TrainerGate gate, IEnumerator<StepReport> reports)
    {
        (this.gate, this.reports) = (gate, reports);
        gate.Begin(this);
    }

    public StepReport Current => reports.Current;

    object IEnumerator.Current => Current;

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

    /// <summary>Ends the enumeration for a caller who has the gate: the last checkpoint is made, the folder let go.</summary>
    public void Abandon() => reports.Dispose();

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
