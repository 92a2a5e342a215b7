using static TorchSharp.torch;

namespace GanSharp.Metrics;

/// <summary>What several metrics of one measurement compute alike, such as the features of the same samples: computed by the first that asks.</summary>
internal sealed class SharedTensors : IDisposable
{
    private readonly Dictionary<object, Tensor> values = [];

    /// <summary>The value under a key, which lives as long as this.</summary>
    /// <param name="key">All that determines the value, comparable by value.</param>
    /// <param name="compute">Computes it.</param>
    public Tensor Get(object key, Func<Tensor> compute)
    {
        if (!values.TryGetValue(key, out var value))
            values[key] = value = compute().DetachFromDisposeScope();
        return value;
    }

    public void Dispose()
    {
        foreach (var value in values.Values)
            value.Dispose();
        values.Clear();
    }
}
