using GanSharp.Divergences;
using GanSharp.Objectives;
using GanSharp.Tensors;
using GanSharp.Training.Runs;
using static TorchSharp.torch;

namespace GanSharp.Training;

/// <summary>
/// Sums of each loss term over the steps since the last report. They stay on the networks' device and are read once a report, so that a step waits for nothing.
/// Only updates that were made count.
/// </summary>
internal sealed class StepStatistics : IStateful, IDisposable
{
    private const string ValueName = "value";
    private readonly GanObjective objective;
    private readonly SideStatistics discriminator, generator;
    private readonly Tensor negativeValue;

    /// <param name="objective">The game.</param>
    /// <param name="discriminatorTerms">Names of D's terms: the objective's, then the penalties'.</param>
    /// <param name="generatorTerms">Names of G's.</param>
    /// <param name="device">Where the losses are.</param>
    public StepStatistics(GanObjective objective, TermNames discriminatorTerms, TermNames generatorTerms, Device device)
    {
        this.objective = objective;
        (discriminator, generator) = (new(discriminatorTerms, device), new(generatorTerms, device));
        negativeValue = zeros([], ScalarType.Float64, device).DetachFromDisposeScope();
        // Minimax and non-saturating minimize −V(D) itself.
        AddsValue = objective.Ratio == RatioKind.Exact && objective is not (Minimax or NonSaturating);
    }

    /// <summary>Whether V(D) must be computed beside the losses.</summary>
    public bool AddsValue { get; }

    public IReadOnlyList<(string Name, Tensor Value)> State =>
        [.. discriminator.Sums.Select(sum => ($"discriminator.{sum.Name}", sum.Value)), .. generator.Sums.Select(sum => ($"generator.{sum.Name}", sum.Value)), (ValueName, negativeValue)];

    public double[] Scalars
    {
        get => [discriminator.Steps, generator.Steps];
        set => (discriminator.Steps, generator.Steps) = ((long)value[0], (long)value[1]);
    }

    /// <summary>An update of D was made.</summary>
    public void AddDiscriminator(LossMeans means)
    {
        using var frozen = no_grad();
        discriminator.Add(means.Terms);
        if (means.NegativeValue is { } value)
            negativeValue.add_(value);
    }

    /// <summary>An update of G was made.</summary>
    public void AddGenerator(LossMeans means)
    {
        using var frozen = no_grad();
        generator.Add(means.Terms);
    }

    /// <summary>The means since the last call.</summary>
    public StepMeans Read()
    {
        using var scope = NewDisposeScope();
        Tensor[] sums = [.. State.Select(entry => entry.Value)];
        var values = stack(sums).to(CPU).data<double>().ToArray();
        var discriminatorMeans = discriminator.Means(values);
        var generatorMeans = generator.Means(values[discriminator.Sums.Count..]);
        var value = objective.Ratio != RatioKind.Exact ? double.NaN : -(AddsValue ? values[^1] / discriminator.Steps : discriminatorMeans.Loss);
        var isFinite = IsFinite(discriminator, discriminatorMeans) && IsFinite(generator, generatorMeans);
        foreach (var sum in sums)
            sum.zero_();
        (discriminator.Steps, generator.Steps) = (0, 0);
        return new StepMeans(
            discriminatorMeans.Loss, discriminatorMeans.Penalty, generatorMeans.Loss, generatorMeans.Penalty, value,
            discriminatorMeans.Terms.Select(term => ($"discriminator/{term.Name}", term.Value))
                .Concat(generatorMeans.Terms.Select(term => ($"generator/{term.Name}", term.Value)))
                .ToDictionary(term => term.Item1, term => term.Value),
            isFinite);
    }

    public void Dispose()
    {
        foreach (var (_, sum) in State)
            sum.Dispose();
    }

    /// <summary>The mean of no update is NaN, which says nothing about the losses.</summary>
    private static bool IsFinite(SideStatistics side, (double Loss, double Penalty, (string, double)[] Terms) means) => side.Steps == 0 || double.IsFinite(means.Loss + means.Penalty);
}
