using System.Text.Json;

namespace GanSharp.Tests;

/// <summary>What the scripts in tests/peers computed, and the numbers that both sides make for themselves.</summary>
internal static class Fixture
{
    /// <summary>Reads a file of reference values.</summary>
    /// <param name="folder">Of the tests that use it, such as "Metrics/Images".</param>
    /// <param name="name">The file in its folder of fixtures.</param>
    public static T Read<T>(string folder, string name) =>
        JsonSerializer.Deserialize<T>(File.ReadAllText(Path.Combine(Repository.Root, "tests", typeof(Fixture).Assembly.GetName().Name!, folder, "Fixtures", name)), JsonSerializerOptions.Web)!;

    /// <summary>The integers of a linear congruential generator below 2³¹, endless: the same in every language.</summary>
    public static IEnumerable<long> Numbers(long seed)
    {
        while (true)
            yield return seed = (1_103_515_245 * seed + 12_345) % (1L << 31);
    }
}
