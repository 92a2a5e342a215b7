using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Penalties.Weights;

/// <summary>The mean of a network's trainable parameters over the evaluations of a penalty.</summary>
internal sealed class WeightHistory : IStateful
{
    private readonly (string Name, Tensor Parameter, Tensor Mean)[] entries;
    private long evaluations;

    public WeightHistory(Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        using var frozen = no_grad();
        entries = [.. network.named_parameters().Where(named => named.parameter.requires_grad).DistinctBy(named => named.parameter.Handle)
            .Select(named => (named.name, (Tensor)named.parameter, zeros_like(named.parameter).detach().DetachFromDisposeScope()))];
    }

    public IReadOnlyList<(string Name, Tensor Value)> State => [.. entries.Select(entry => (entry.Name, entry.Mean))];

    public double[] Scalars
    {
        get => [evaluations];
        set => evaluations = (long)value[0];
    }

    /// <summary>‖θ − mean‖², and then the mean takes θ in. In mixed precision θ is widened to the mean's type.</summary>
    /// <param name="takesIn">Whether it does: of a step's parts, which have one θ, only at the last.</param>
    /// <exception cref="InvalidOperationException">Every parameter is frozen.</exception>
    public Tensor SquaredDistance(bool takesIn)
    {
        if (entries.Length == 0)
            throw new InvalidOperationException("Historical averaging needs a trainable parameter, but every one of the network is frozen.");
        var distance = entries.Select(entry => Take(entry, takesIn)).Aggregate((sum, part) => sum + part);
        if (takesIn)
            evaluations++;
        return distance;
    }

    private Tensor Take((string Name, Tensor Parameter, Tensor Mean) entry, bool takesIn)
    {
        var value = entry.Parameter.to(entry.Mean.dtype);
        if (evaluations == 0)
            TakeIn(entry.Mean, value, share: 1);
        var distance = (value - entry.Mean).square().sum();
        if (takesIn)
            TakeIn(entry.Mean, value, 1.0 / (evaluations + 1));
        return distance;
    }

    private static void TakeIn(Tensor mean, Tensor value, double share)
    {
        using var frozen = no_grad();
        mean.lerp_(value.detach(), share);
    }
}
