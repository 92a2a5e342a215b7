using GanSharp.Optimization.Flat;
using GanSharp.Tensors;
using static TorchSharp.torch.nn;

namespace GanSharp.Optimization.Averages;

/// <summary>All averages that a run keeps of its generator: the one that samples and reports are of, and those with names.</summary>
internal sealed class AverageSet : IDisposable
{
    private readonly List<WeightAverage> all = [];

    /// <param name="network">The generator.</param>
    /// <param name="parameters">Its flat parameters.</param>
    /// <param name="halfLifeImages">Of the average that samples and reports are of; null for none.</param>
    /// <param name="named">The others.</param>
    public AverageSet(Module network, FlatParameters parameters, double? halfLifeImages, IReadOnlyList<AverageOptions> named)
    {
        var place = new AveragedNetwork(network, parameters);
        WeightAverage Kept(AverageOptions options)
        {
            all.Add(new WeightAverage(place, options));
            return all[^1];
        }
        try
        {
            Main = halfLifeImages is { } halfLife ? Kept(new HalfLifeAverage(halfLife)) : null;
            Named = [.. named.Select(Kept)];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The average that samples and reports are of; null where none is kept.</summary>
    public WeightAverage? Main { get; }

    /// <summary>The others.</summary>
    public IReadOnlyList<WeightAverage> Named { get; }

    /// <summary>What has a state, by its name in checkpoints.</summary>
    public IEnumerable<(string Name, IStateful Part)> States =>
        [.. Main is null ? Array.Empty<(string, IStateful)>() : [("average", Main)], .. Named.Select(average => (NameOfState(average.Name), (IStateful)average))];

    /// <summary>What checkpoints call the state of an average with a name.</summary>
    public static string NameOfState(string name) => $"averages.{name}";

    /// <summary>Takes the network as it is after one more step into each.</summary>
    /// <param name="batchSize">Images of that step.</param>
    public void Update(int batchSize)
    {
        foreach (var average in all)
            average.Update(batchSize);
    }

    /// <summary>Puts one into the network until the result is disposed.</summary>
    /// <param name="name">Null for that of samples and reports; without that one the result is null and the network stays as it is.</param>
    /// <exception cref="ArgumentException">None has that name.</exception>
    public IDisposable? Apply(string? name) => name is null ? Main?.Apply()
        : (Named.FirstOrDefault(average => average.Name == name) ?? throw new ArgumentException(
            $"name must be that of one of the run's Averages ({(Named.Count == 0 ? "it has none" : string.Join(", ", Named.Select(average => $"'{average.Name}'")))}) but is '{name}'.", nameof(name))).Apply();

    public void Dispose()
    {
        foreach (var average in all)
            average.Dispose();
    }
}
