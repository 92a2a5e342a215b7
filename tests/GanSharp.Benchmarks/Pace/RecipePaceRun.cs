using System.Globalization;
using GanSharp.Benchmarks.Iterations;
using GanSharp.Recipes;
using Spectre.Console;

namespace GanSharp.Benchmarks.Pace;

/// <summary>A step of each recipe, ours and PyTorch's in turn, each in a process of its own, so that whatever else the machine does falls on both.</summary>
internal static class RecipePaceRun
{
    private const string Peer = "recipes_pace.py";

    public static string Measure(IReadOnlyList<Recipe> recipes, int repeats, double seconds, bool processorTime)
    {
        var machine = Machine.Describe();
        if (ChildProcess.PeerComplaint(Peer) is { } complaint)
            throw new InvalidOperationException($"The peer can't run: {complaint}.");
        var time = seconds.ToString(CultureInfo.InvariantCulture);
        var pairs = recipes.ToDictionary(recipe => recipe, _ => new List<(RecipePace Ours, RecipePace Theirs)>());
        AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new RemainingTimeColumn()).Start(progress =>
        {
            var task = progress.AddTask("measuring", maxValue: repeats * recipes.Count);
            for (var repeat = 0; repeat < repeats; repeat++)
                foreach (var recipe in recipes)
                {
                    pairs[recipe].Add(Pair(recipe, time, oursFirst: repeat % 2 == 0));
                    task.Increment(1);
                }
        });
        var table = Table(pairs, processorTime);
        table.Print();
        var (ours, theirs) = pairs.Values.First()[0];
        string[] notes =
        [
            $"{machine}. Medians of {repeats} pairs of {time} s each, in turns; {ours.Threads} threads of torch on both sides, which have the same batch size and parameters of the same shapes.",
            $"GanSharp: {ours.Compute}",
            $"PyTorch: {theirs.Compute}",
        ];
        foreach (var note in notes)
            Console.WriteLine(note);
        return string.Join("\n\n", [notes[0], table.ToMarkdown(), string.Join('\n', notes.Skip(1).Select(note => $"- {note}"))]);
    }

    private static (RecipePace Ours, RecipePace Theirs) Pair(Recipe recipe, string time, bool oursFirst)
    {
        var name = recipe.GetType().Name;
        RecipePace Ours() => RecipePace.Read(ChildProcess.Run("recipe-pace", name, "--seconds", time));
        var first = oursFirst ? Ours() : null;
        var theirs = RecipePace.Read(ChildProcess.RunScript(Peer, name, "--seconds", time));
        var ours = first ?? Ours();
        return ours.DifferenceFrom(theirs) is { } difference ? throw new InvalidOperationException($"{name} and its peer aren't the same work: {difference}.") : (ours, theirs);
    }

    private static ResultTable Table(Dictionary<Recipe, List<(RecipePace Ours, RecipePace Theirs)>> pairs, bool processorTime)
    {
        double Ratio((RecipePace Ours, RecipePace Theirs) pair) => pair.Theirs.Milliseconds.By(processorTime) / pair.Ours.Milliseconds.By(processorTime);
        string[] Row(string name, List<(RecipePace Ours, RecipePace Theirs)> measured)
        {
            string Median(Func<(RecipePace Ours, RecipePace Theirs), Duration> of) => Timing.Median(measured.Select(pair => of(pair).By(processorTime))).ToString("0.0", CultureInfo.InvariantCulture);
            var ratios = measured.Select(Ratio).ToArray();
            return [name, Median(pair => pair.Ours.Milliseconds), Median(pair => pair.Theirs.Milliseconds), FormattableString.Invariant($"{Timing.Median(ratios):0.00} [{ratios.Min():0.00}, {ratios.Max():0.00}]")];
        }
        var middle = Timing.Median(pairs.Values.Select(measured => Timing.Median(measured.Select(Ratio))));
        return new(
            $"Milliseconds of a step by {(processorTime ? "processor time" : "the wall clock")}, and their ratio: median [least, most] of the pairs", ["", "GanSharp", "PyTorch", "PyTorch / GanSharp"],
            [.. pairs.Select(entry => Row(entry.Key.GetType().Name, entry.Value)), ["median of the recipes", "", "", middle.ToString("0.00", CultureInfo.InvariantCulture)]]);
    }
}
