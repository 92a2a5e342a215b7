using System.Text.Json;
using GanSharp.Benchmarks.Iterations;
using GanSharp.Benchmarks.Results;
using GanSharp.Data;
using GanSharp.Recipes;
using GanSharp.Runtime;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Pace;

/// <summary>What one process found of one recipe; tests/peers/recipes_pace.py prints the same of its own.</summary>
/// <param name="Milliseconds">Of a step: D's steps, one of G, what it costs to penalize and to average; a lazy penalty counts with its share.</param>
/// <param name="Threads">Of torch.</param>
/// <param name="Compute">What was in force.</param>
/// <param name="BatchSize">Samples of a batch.</param>
/// <param name="Generator">Shapes of G's parameters, sorted.</param>
/// <param name="Discriminator">Of D's.</param>
internal sealed record RecipePace(Duration Milliseconds, int Threads, string Compute, int BatchSize, IReadOnlyList<string> Generator, IReadOnlyList<string> Discriminator)
{
    private const int Images = 2_048;
    // Schedules follow it; no measurement takes as many.
    private const long Steps = 100_000;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static RecipePace Take(Recipe recipe, double seconds)
    {
        new ComputeTuning().Apply();
        manual_seed(0);
        using var data = new InMemoryDataset(randint(0, 256, [Images, recipe.Image.Channels, recipe.Image.Height, recipe.Image.Width], ScalarType.Byte));
        using var generator = recipe.CreateGenerator();
        using var discriminator = recipe.CreateDiscriminator();
        var options = recipe.Options(Steps) with { Diagnostics = new() { Samples = 0 } };
        // As many steps as pass between two that are alike.
        var period = options.DiscriminatorPenalties.Select(penalty => penalty.EverySteps).Append(1).Max();
        using var trainer = new GanTrainer(generator, discriminator, data, options);
        var time = Timing.PerCall(seconds, calls => _ = trainer.Train(calls * period).Every(calls * period).Last());
        return new(new(time.Wall / period, time.Processor / period), get_num_threads(), ComputeState.InForce.ToString(), options.BatchSize, Shapes(generator), Shapes(discriminator));
    }

    /// <summary>The recipe of a name, in the size of the command <c>recipes</c>.</summary>
    public static Recipe Named(string name) => RecipeContestants.Recipes.FirstOrDefault(recipe => recipe.GetType().Name == name)
        ?? throw new ArgumentException($"recipe must be one of {string.Join(", ", RecipeContestants.Recipes.Select(recipe => recipe.GetType().Name))} but is '{name}'.", nameof(name));

    /// <summary>How it differs from the peer's in what both must share; null where it doesn't.</summary>
    public string? DifferenceFrom(RecipePace peer)
    {
        static string? Between(string what, IEnumerable<string> ours, IEnumerable<string> theirs)
        {
            var (mine, other) = (ours.Order(StringComparer.Ordinal).ToArray(), theirs.Order(StringComparer.Ordinal).ToArray());
            return mine.SequenceEqual(other) ? null : $"{what}: ours are {string.Join(' ', mine)}, the peer's {string.Join(' ', other)}";
        }
        return Between("batch size", [$"{BatchSize}"], [$"{peer.BatchSize}"]) ?? Between("threads", [$"{Threads}"], [$"{peer.Threads}"])
            ?? Between("parameters of G", Generator, peer.Generator) ?? Between("parameters of D", Discriminator, peer.Discriminator);
    }

    public string Write() => JsonSerializer.Serialize(this, Json);

    public static RecipePace Read(string line) => JsonSerializer.Deserialize<RecipePace>(line, Json) ?? throw new InvalidDataException($"No pace in '{line}'.");

    private static string[] Shapes(nn.Module network) => [.. network.parameters().Select(parameter => string.Join('x', parameter.shape))];
}
