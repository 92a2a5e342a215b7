using GanSharp.Optimization.Flat;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Optimization.Averages;

/// <summary>
/// A network into which averages of it can be put for a while, one at a time: a second one would remember the first as what training made.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="parameters">Its flat parameters.</param>
internal sealed class AveragedNetwork(Module network, FlatParameters parameters)
{
    private WeightAverage? inForce;
    private Tensor[]? trained;
    private int applications;

    /// <summary>What is averaged.</summary>
    public Tensor[] Values { get; } = ValuesOf(network, parameters);

    /// <summary>What is averaged of a network: its flat buffers, and its buffers of floating-point numbers. Alike networks have them in the same order.</summary>
    public static Tensor[] ValuesOf(Module network, FlatParameters parameters) =>
        [.. parameters.Buffers, .. network.buffers().Where(buffer => buffer.is_floating_point())];

    public static void Copy(Tensor[] from, Tensor[] to)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (source, target) in from.Zip(to))
            target.copy_(source);
    }

    /// <summary>Puts an average into the network until the result, or the last of several results, is disposed.</summary>
    public IDisposable Apply(WeightAverage average) => new Applied(this, average);

    private string Name => network.GetType().Name;

    private void Enter(WeightAverage average)
    {
        if (inForce is not null && inForce != average)
            throw new InvalidOperationException($"The average '{inForce.Name}' is in {Name}, so '{average.Name}' can't be put into it: what training made would be lost. Dispose the result of UseAverage for '{inForce.Name}' first.");
        if (applications == 0)
        {
            if (IsDisposed)
                throw new ObjectDisposedException(Name, $"{Name} has been disposed, so its average can't be put into it.");
            trained = [.. Values.Select(value => value.detach().clone().DetachFromDisposeScope())];
            average.CopyTo(Values);
            inForce = average;
        }
        applications++;
    }

    private void Leave()
    {
        if (--applications > 0)
            return;
        try
        {
            if (IsDisposed)
                throw new ObjectDisposedException(Name, $"{Name} was disposed while its average was in force (UseAverage), so what training made can't be put back. Dispose the result of UseAverage before the network.");
            Copy(trained!, Values);
        }
        finally
        {
            foreach (var value in trained!)
                value.Dispose();
            (trained, inForce) = (null, null);
        }
    }

    private bool IsDisposed => Array.Exists(Values, value => value.IsInvalid);

    private sealed class Applied : IDisposable
    {
        private readonly AveragedNetwork owner;
        private bool isOver;

        public Applied(AveragedNetwork owner, WeightAverage average)
        {
            this.owner = owner;
            owner.Enter(average);
        }

        public void Dispose()
        {
            if (isOver)
                return;
            isOver = true;
            owner.Leave();
        }
    }
}
