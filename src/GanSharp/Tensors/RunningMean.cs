using static TorchSharp.torch;

namespace GanSharp.Tensors;

/// <summary>An exponential moving average of a number that stays on its device, so that nothing waits for it.</summary>
/// <param name="decay">What remains of the average at an update, from 0 to 1.</param>
/// <param name="startsAtZero">Whether it starts at 0; otherwise at the first number that it is given.</param>
/// <param name="device">Where the numbers are.</param>
internal sealed class RunningMean(double decay, bool startsAtZero, Device device)
{
    private readonly Tensor hasStarted = full([], startsAtZero ? 1.0 : 0, ScalarType.Float64, device).DetachFromDisposeScope();

    /// <summary>The average: float64, no dimensions, so that what it is subtracted from keeps its type.</summary>
    public Tensor Value { get; } = zeros([], ScalarType.Float64, device).DetachFromDisposeScope();

    /// <summary>What determines the next update.</summary>
    /// <param name="name">What its owner calls it.</param>
    public IEnumerable<(string Name, Tensor Value)> State(string name) => [(name, Value), ($"{name} has started", hasStarted)];

    /// <summary>Takes the next mean into the average.</summary>
    /// <param name="mean">Of the new numbers: a scalar.</param>
    /// <param name="parts">In how many parts the numbers come; as many updates then decay it by as much as one.</param>
    public void Update(Tensor mean, int parts = 1)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        Value.lerp_(mean.detach().to(ScalarType.Float64), 1 - (parts == 1 ? decay : Math.Pow(decay, 1.0 / parts)) * hasStarted);
        hasStarted.fill_(1);
    }
}
