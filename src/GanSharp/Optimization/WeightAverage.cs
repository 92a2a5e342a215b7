using GanSharp.Optimization.Flat;
using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Optimization;

/// <summary>
/// An exponential moving average of a network (EMA), whose samples are better than those of any one step (Yazıcı et al. 2019).
/// It averages the parameters and the floating-point buffers alike: batch norm's running statistics must belong to the weights they meet.
/// The half-life is counted in images, so that it means the same for every batch size. Until 20 half-lives have been seen it is a twentieth of the images seen
/// (the ramp-up of Karras et al. 2020).
/// </summary>
public sealed class WeightAverage : IStateful, IDisposable
{
    // Until enough was seen the half-life is a twentieth of that, so that the random start is soon forgotten (Karras et al. 2020).
    private const double RampUp = 0.05;
    private readonly Tensor[] sources, averages;
    private readonly double halfLifeImages;
    private double imagesSeen;
    private Tensor[]? trained;
    private int applications;

    /// <summary>Starts the average at the network's present values.</summary>
    /// <param name="network">The network.</param>
    /// <param name="parameters">Its flat parameters.</param>
    /// <param name="halfLifeImages">Images after which a step's weight in the average has halved; above 0.</param>
    public WeightAverage(Module network, FlatParameters parameters, double halfLifeImages)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(halfLifeImages);
        this.halfLifeImages = halfLifeImages;
        sources = Values(network, parameters);
        averages = [.. sources.Select(source => source.clone().DetachFromDisposeScope())];
    }

    IReadOnlyList<(string Name, Tensor Value)> IStateful.State => [.. averages.Select((average, index) => ($"values.{index}", average))];

    double[] IStateful.Scalars
    {
        get => [imagesSeen];
        set => imagesSeen = value[0];
    }

    /// <summary>Takes the network as it is after one more step into the average.</summary>
    /// <param name="batchSize">Images of that step.</param>
    public void Update(int batchSize)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        imagesSeen += batchSize;
        var keep = Math.Pow(0.5, batchSize / Math.Min(halfLifeImages, imagesSeen * RampUp));
        foreach (var (average, source) in averages.Zip(sources))
            average.lerp_(source, 1 - keep);
    }

    /// <summary>Puts the average into the network until the result is disposed, which restores what training made. Where it is in force already, until the last result is.</summary>
    public IDisposable Apply() => new Applied(this);

    /// <summary>What is averaged of a network: its flat buffers, and its buffers of floating-point numbers. Alike networks have them in the same order.</summary>
    internal static Tensor[] Values(Module network, FlatParameters parameters) =>
        [.. parameters.Buffers, .. network.buffers().Where(buffer => buffer.is_floating_point())];

    /// <summary>Copies the average over the network's own values, for a caller who puts those back.</summary>
    internal void CopyToNetwork() => Copy(averages, sources);

    /// <summary>Copies the average over the <see cref="Values"/> of a network, or of a copy of it.</summary>
    internal void CopyTo(Tensor[] values) => Copy(averages, values);

    /// <summary>Releases the average.</summary>
    public void Dispose()
    {
        foreach (var average in averages)
            average.Dispose();
    }

    internal static void Copy(Tensor[] from, Tensor[] to)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (source, target) in from.Zip(to))
            target.copy_(source);
    }

    private void Enter()
    {
        if (applications == 0)
        {
            trained = [.. sources.Select(source => source.detach().clone().DetachFromDisposeScope())];
            Copy(averages, sources);
        }
        applications++;
    }

    private void Leave()
    {
        if (--applications > 0)
            return;
        Copy(trained!, sources);
        foreach (var values in trained!)
            values.Dispose();
        trained = null;
    }

    private sealed class Applied : IDisposable
    {
        private readonly WeightAverage owner;
        private bool isOver;

        public Applied(WeightAverage owner)
        {
            this.owner = owner;
            owner.Enter();
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
