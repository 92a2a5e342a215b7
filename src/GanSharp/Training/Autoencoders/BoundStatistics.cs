using GanSharp.Networks.Autoencoders;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Training.Autoencoders;

/// <summary>Sums of the loss and of both parts of the bound over the updates since the last report. They stay on the networks' device, so that a step waits for nothing.</summary>
internal sealed class BoundStatistics(Device device) : IStateful, IDisposable
{
    private static readonly string[] Names = ["loss", "reconstruction", "KL"];
    private readonly Tensor[] sums = [.. Names.Select(_ => zeros([], ScalarType.Float64, device).DetachFromDisposeScope())];
    private long updates;

    public IReadOnlyList<(string Name, Tensor Value)> State => [.. Names.Zip(sums)];

    public double[] Scalars
    {
        get => [updates];
        set => updates = (long)value[0];
    }

    /// <summary>An update was made.</summary>
    public void Add(Tensor loss, EvidenceLowerBound bound)
    {
        using var frozen = no_grad();
        sums[0].add_(loss);
        sums[1].add_(bound.Reconstruction.mean());
        sums[2].add_(bound.KullbackLeibler.sum(1).mean());
        updates++;
    }

    /// <summary>The means since the last call; NaN where no update was made.</summary>
    public BoundMeans Read()
    {
        using var scope = NewDisposeScope();
        var values = stack(sums).cpu().data<double>().ToArray();
        var means = new BoundMeans(updates > 0, values[0] / updates, values[1] / updates, values[2] / updates);
        foreach (var sum in sums)
            sum.zero_();
        updates = 0;
        return means;
    }

    public void Dispose()
    {
        foreach (var sum in sums)
            sum.Dispose();
    }
}
