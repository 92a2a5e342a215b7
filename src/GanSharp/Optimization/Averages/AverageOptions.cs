namespace GanSharp.Optimization.Averages;

/// <summary>Which average of a network's weights over its training is kept: a <see cref="HalfLifeAverage"/> or a <see cref="PowerAverage"/>.</summary>
public abstract record AverageOptions
{
    private protected AverageOptions()
    {
    }

    /// <summary>
    /// What <c>UseAverage</c>, checkpoints and saved files call it; letters, digits, spaces and <c>. - _</c>, unlike the others'. Default: its kind and its number, such as "power 0.05".
    /// </summary>
    public string Name
    {
        get => field ?? DefaultName;
        init;
    }

    private protected abstract string DefaultName { get; }

    /// <summary>The share that the average keeps of itself in an update; the rest is the network's.</summary>
    /// <param name="batchSize">Images of the step, at least 1.</param>
    /// <param name="imagesSeen">Images of all steps, this one included.</param>
    internal abstract double Keep(double batchSize, double imagesSeen);

    /// <summary>Every fault of a list of averages, as a sentence each.</summary>
    internal static IEnumerable<string> Faults(string name, IReadOnlyList<AverageOptions>? averages)
    {
        if (averages is null || averages.Any(average => average is null))
        {
            yield return $"{name} must be a list without null; use an empty list for none.";
            yield break;
        }
        foreach (var average in averages.Where(average => average.Name.Length == 0 || !average.Name.All(IsInName)))
            yield return $"{name} must have names of letters, digits, spaces and . - _ but one is '{average.Name}'.";
        foreach (var (same, count) in averages.CountBy(average => average.Name, StringComparer.OrdinalIgnoreCase).Where(entry => entry.Value > 1))
            yield return $"{name} must have a name each but {count} are '{same}'.";
    }

    // Each is also a part of a file's name, on every system.
    private static bool IsInName(char character) => char.IsAsciiLetterOrDigit(character) || character is ' ' or '.' or '-' or '_';
}
