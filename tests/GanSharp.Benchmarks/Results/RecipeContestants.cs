using System.Diagnostics;
using GanSharp.Data;
using GanSharp.Recipes;
using GanSharp.Training;

namespace GanSharp.Benchmarks.Results;

/// <summary>The recipes of the library, each with its own networks in a size for two cores, and as many steps as fit into the same time.</summary>
internal static class RecipeContestants
{
    private const int Width = 32;
    private const double WarmUpSeconds = 3, PaceSeconds = 8;

    /// <summary>Each in a size for two cores.</summary>
    public static IReadOnlyList<Recipe> Recipes { get; } =
    [
        new Goodfellow2014(Contestant.Shape),
        new Dcgan(Contestant.Shape) { Width = Width },
        new PacGan(Contestant.Shape) { Width = Width },
        new WganGp(Contestant.Shape) { Width = Width },
        new SnganHinge(Contestant.Shape) { Width = Width },
        new StyleGan2(Contestant.Shape),
        new R3Gan(Contestant.Shape),
    ];

    public static IReadOnlyList<Contestant> All { get; } = [.. Recipes.Select(Of)];

    private static Contestant Of(Recipe recipe) => new(
        recipe.GetType().Name, (data, seconds) => StepsIn(recipe, data, seconds), recipe.CreateGenerator,
        (data, seed, steps) => Contestant.TrainGan(recipe.CreateGenerator, recipe.CreateDiscriminator, data, seed, steps, recipe.Options(steps)));

    /// <summary>Steps that fit into the time, by the pace of some seconds after a warm-up.</summary>
    private static long StepsIn(Recipe recipe, Dataset data, double seconds)
    {
        using var generator = recipe.CreateGenerator();
        using var discriminator = recipe.CreateDiscriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, recipe.Options(1_000) with { Diagnostics = new() { Samples = 0 } });
        _ = StepsDuring(trainer, WarmUpSeconds);
        var steps = StepsDuring(trainer, PaceSeconds) * seconds;
        // Two digits: the pace isn't known better.
        var unit = Math.Pow(10, Math.Floor(Math.Log10(steps)) - 1);
        return (long)(Math.Round(steps / unit) * unit);
    }

    /// <summary>Steps a second.</summary>
    private static double StepsDuring(GanTrainer trainer, double seconds)
    {
        var (watch, steps) = (Stopwatch.StartNew(), 0);
        for (; watch.Elapsed.TotalSeconds < seconds; steps++)
            _ = trainer.Train(1).Count();
        return steps / watch.Elapsed.TotalSeconds;
    }
}
