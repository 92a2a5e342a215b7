using System.Globalization;

namespace GanSharp.Samples.Serve;

/// <summary>The distributions of latents that the library's files name.</summary>
internal static class Prior
{
    /// <summary>Draws so many latent vectors, one behind the other.</summary>
    public static Func<Random, int, float[]> Named(string name, int size, string path) => name switch
    {
        "normal" => (random, count) => Normal(random, count * size),
        "uniform" => Uniform(size, bound: 1),
        _ when name.Split(' ') is ["uniform", var text] && float.TryParse(text, CultureInfo.InvariantCulture, out var bound) => Uniform(size, bound),
        "hypersphere" => (random, count) => OnSphere(Normal(random, count * size), size),
        _ => throw new ArgumentException($"'{path}' must have a prior that is normal, uniform or hypersphere but has '{name}'. Add it to Prior.Named.", nameof(path)),
    };

    private static Func<Random, int, float[]> Uniform(int size, float bound) => (random, count) => Values(count * size, () => bound * (2 * random.NextSingle() - 1));

    /// <summary>By Box and Muller (1958).</summary>
    private static float[] Normal(Random random, int count) =>
        Values(count, () => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())));

    private static float[] OnSphere(float[] values, int size)
    {
        foreach (var vector in values.Chunk(size).Index())
        {
            var factor = Math.Sqrt(size / vector.Item.Sum(value => (double)value * value));
            for (var index = 0; index < size; index++)
                values[vector.Index * size + index] *= (float)factor;
        }
        return values;
    }

    private static float[] Values(int count, Func<float> draw)
    {
        var values = new float[count];
        for (var index = 0; index < count; index++)
            values[index] = draw();
        return values;
    }
}
