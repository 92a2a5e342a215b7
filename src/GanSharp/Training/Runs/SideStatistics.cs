using static TorchSharp.torch;

namespace GanSharp.Training.Runs;

/// <summary>One player's part of <see cref="StepStatistics"/>.</summary>
internal sealed class SideStatistics
{
    private readonly TermNames names;
    private readonly Tensor[] sums;

    public SideStatistics(TermNames names, Device device)
    {
        this.names = names;
        sums = [.. names.All.Select(_ => zeros([], ScalarType.Float64, device).DetachFromDisposeScope())];
    }

    /// <summary>Updates since the last report.</summary>
    public long Steps { get; set; }

    public IReadOnlyList<(string Name, Tensor Value)> Sums => [.. names.All.Zip(sums)];

    /// <exception cref="InvalidOperationException">The objective returned a term that it didn't return before.</exception>
    public void Add(IReadOnlyList<KeyValuePair<string, Tensor>> terms)
    {
        foreach (var (name, mean) in terms)
            sums[names.IndexOf(name)].add_(mean);
        Steps++;
    }

    public (double Loss, double Penalty, (string Name, double Value)[] Terms) Means(double[] values)
    {
        var means = names.All.Select((name, index) => (Name: name, Value: values[index] / Steps)).ToArray();
        // Without an update nothing is known; without a penalty it is 0.
        return (means[..names.OfObjective.Count].Sum(mean => mean.Value), means[names.OfObjective.Count..].Sum(mean => mean.Value), means);
    }
}
