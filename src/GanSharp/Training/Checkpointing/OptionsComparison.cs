namespace GanSharp.Training.Checkpointing;

/// <summary>Holds a run's options against a checkpoint's.</summary>
internal static class OptionsComparison
{
    /// <summary>What differs and may.</summary>
    /// <exception cref="ArgumentException">A name in <paramref name="mayChange"/> is no option's.</exception>
    /// <exception cref="CheckpointException">Something else differs; the message lists all of it.</exception>
    public static IReadOnlyList<string> Changes(
        IReadOnlyDictionary<string, string> saved, IReadOnlyDictionary<string, string> now, IReadOnlyCollection<string> mayChange, string checkpoint)
    {
        var names = saved.Keys.Union(now.Keys).Order(StringComparer.Ordinal).ToArray();
        if (mayChange.FirstOrDefault(allowed => !names.Any(name => Covers(allowed, name))) is { } unknown)
            throw new ArgumentException($"AllowedChanges must hold names of options but '{unknown}' is none of {string.Join(", ", names)}.", nameof(mayChange));
        var differences = names.Where(name => saved.GetValueOrDefault(name) != now.GetValueOrDefault(name))
            .ToLookup(name => mayChange.Any(allowed => Covers(allowed, name)), name => $"{name} is {now.GetValueOrDefault(name) ?? "not set"} but was {saved.GetValueOrDefault(name) ?? "not set"}");
        if (differences[false].Any())
            throw new CheckpointException(string.Join(Environment.NewLine,
                [$"The options differ from those of the checkpoint '{checkpoint}':", .. differences[false].Select(difference => $"- {difference}"),
                    "Set them as they were, name in ResumeOptions.AllowedChanges what is meant to change, or take another folder for a new run."]));
        return [.. differences[true]];
    }

    /// <summary>"GeneratorOptimizer" covers all that is in it, "LearningRate" every option of that name.</summary>
    private static bool Covers(string allowed, string name) =>
        name == allowed || name.StartsWith($"{allowed}.", StringComparison.Ordinal) || name.EndsWith($".{allowed}", StringComparison.Ordinal);
}
