namespace GanSharp.Benchmarks.Published;

/// <summary>An experiment of a paper, in a size for two cores.</summary>
/// <param name="Name">On the command line, and of the section in the document.</param>
/// <param name="Title">Of the table.</param>
/// <param name="Published">Head of the column of published values; null where there are none.</param>
/// <param name="Entrants">Who is compared, a row each.</param>
internal sealed record Experiment(string Name, string Title, string? Published, IReadOnlyList<Entrant> Entrants);

/// <summary>One row of an experiment.</summary>
/// <param name="Name">What is trained.</param>
/// <param name="Published">What the paper got.</param>
/// <param name="Measure">Trains with a seed and returns what is measured, by its name.</param>
internal sealed record Entrant(string Name, string Published, Func<long, OrderedDictionary<string, double>> Measure)
{
    public string FileName => string.Concat(Name.Select(character => char.IsLetterOrDigit(character) ? char.ToLowerInvariant(character) : '-'));
}
