using GanSharp.Optimization.Flat;
using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Optimization.Averages;

/// <summary>
/// An average of a network over its training, whose samples are better than those of any one step (Yazıcı et al. 2019).
/// It averages the parameters and the floating-point buffers alike: batch norm's running statistics must belong to the weights they meet.
/// How fast it forgets is set by its <see cref="AverageOptions"/>, in images, so that it means the same for every batch size.
/// </summary>
public sealed class WeightAverage : IStateful, IDisposable
{
    private readonly AveragedNetwork network;
    private readonly Tensor[] averages;

    /// <summary>Starts an exponential average at the network's present values.</summary>
    /// <param name="network">The network.</param>
    /// <param name="parameters">Its flat parameters.</param>
    /// <param name="halfLifeImages">Images after which a step's weight in the average has halved; above 0.</param>
    public WeightAverage(Module network, FlatParameters parameters, double halfLifeImages)
        : this(network, parameters, new HalfLifeAverage(halfLifeImages))
    {
    }

    /// <summary>Starts an average at the network's present values.</summary>
    /// <param name="network">The network.</param>
    /// <param name="parameters">Its flat parameters.</param>
    /// <param name="options">Which average.</param>
    public WeightAverage(Module network, FlatParameters parameters, AverageOptions options)
        : this(new AveragedNetwork(network ?? throw new ArgumentNullException(nameof(network)), parameters ?? throw new ArgumentNullException(nameof(parameters))), options)
    {
    }

    /// <summary>One of several averages of a network.</summary>
    internal WeightAverage(AveragedNetwork network, AverageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.network, Options) = (network, options);
        averages = [.. network.Values.Select(source => source.clone().DetachFromDisposeScope())];
    }

    /// <summary>Which average it is.</summary>
    public AverageOptions Options { get; }

    /// <summary>Images of all updates so far.</summary>
    public double ImagesSeen { get; private set; }

    /// <summary>What a checkpoint calls one of its tensors.</summary>
    /// <param name="prefix">Of the average.</param>
    /// <param name="index">Flat buffers of parameters come first, then the network's floating-point buffers.</param>
    internal static string NameOfValues(string prefix, int index) => FormattableString.Invariant($"{prefix}values.{index}");

    /// <summary>What messages call it.</summary>
    internal string Name => Options.Name;

    IReadOnlyList<(string Name, Tensor Value)> IStateful.State => [.. averages.Select((average, index) => (NameOfValues("", index), average))];

    double[] IStateful.Scalars
    {
        get => [ImagesSeen];
        set => ImagesSeen = value[0];
    }

    /// <summary>Takes the network as it is after one more step into the average.</summary>
    /// <param name="batchSize">Images of that step.</param>
    public void Update(int batchSize)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        ImagesSeen += batchSize;
        var take = 1 - Options.Keep(batchSize, ImagesSeen);
        foreach (var (average, source) in averages.Zip(network.Values))
            average.lerp_(source, take);
    }

    /// <summary>Puts the average into the network until the result is disposed.</summary>
    /// <returns>Restores what training made when it is disposed; where the average was in force already, the last of the results does.</returns>
    /// <exception cref="InvalidOperationException">Another average of the same network is in it.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed. Disposing the result throws it too where the network was disposed meanwhile.</exception>
    public IDisposable Apply() => network.Apply(this);

    /// <summary>Copies the average over the network's own values, for a caller who puts those back.</summary>
    internal void CopyToNetwork() => CopyTo(network.Values);

    /// <summary>Copies the average over the <see cref="AveragedNetwork.ValuesOf"/> a network, or of a copy of it.</summary>
    internal void CopyTo(Tensor[] values) => AveragedNetwork.Copy(averages, values);

    /// <summary>Releases the average.</summary>
    public void Dispose()
    {
        foreach (var average in averages)
            average.Dispose();
    }
}
