namespace GanSharp.Estimates;

/// <summary>
/// The delete-a-group jackknife (Quenouille 1949; Kott 2001): a statistic's variance from its values without each tenth of the samples. It holds where the statistic has no
/// formula for its variance, such as one of nearest neighbors.
/// </summary>
internal static class GroupJackknife
{
    /// <summary>Sample i is in group i modulo this.</summary>
    public const int Groups = 10;

    /// <summary>The variance that the deleted samples' side contributes.</summary>
    /// <param name="without">The statistic without each group.</param>
    public static VarianceEstimate Variance(IReadOnlyCollection<double> without)
    {
        var mean = without.Average();
        return new((without.Count - 1.0) / without.Count * without.Sum(value => (value - mean) * (value - mean)), without.Count - 1);
    }
}
