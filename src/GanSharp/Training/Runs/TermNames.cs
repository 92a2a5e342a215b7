namespace GanSharp.Training.Runs;

/// <summary>The names of one player's loss terms, the same in every step.</summary>
internal sealed class TermNames
{
    public TermNames(IReadOnlyList<string> ofObjective, IEnumerable<string> ofPenalties)
    {
        OfObjective = ofObjective;
        var penalties = new List<string>();
        foreach (var name in ofPenalties)
        {
            var unique = name;
            for (var number = 2; ofObjective.Contains(unique) || penalties.Contains(unique); number++)
                unique = $"{name} {number}";
            penalties.Add(unique);
        }
        OfPenalties = penalties;
        All = [.. ofObjective, .. penalties];
    }

    public IReadOnlyList<string> OfObjective { get; }

    /// <summary>One for each penalty, in their order; where two have one name the second is called "name 2".</summary>
    public IReadOnlyList<string> OfPenalties { get; }

    public IReadOnlyList<string> All { get; }

    /// <exception cref="InvalidOperationException">There is no such term.</exception>
    public int IndexOf(string name)
    {
        for (var index = 0; index < All.Count; index++)
            if (All[index] == name)
                return index;
        throw new InvalidOperationException($"An objective must return the same terms in every step, but it returned '{name}', which isn't among {string.Join(", ", All.Select(known => $"'{known}'"))} of the trial before training. Return a term of zeros where there is nothing to add.");
    }
}
