using static TorchSharp.torch;

namespace GanSharp.Tensors;

/// <summary>The state that a part shows of another one, which it holds and which may have none: what a wrapper's <see cref="IStateful"/> forwards.</summary>
internal static class InnerState
{
    /// <summary>Whether it has one that isn't empty.</summary>
    public static bool IsKeptBy(object? inner) => inner is IStateful stateful && (stateful.State.Count > 0 || stateful.Scalars.Length > 0);

    public static IReadOnlyList<(string Name, Tensor Value)> State(object? inner) => (inner as IStateful)?.State ?? [];

    public static double[] Scalars(object? inner) => (inner as IStateful)?.Scalars ?? [];

    public static void SetScalars(object? inner, double[] value)
    {
        if (inner is IStateful stateful)
            stateful.Scalars = value;
    }
}
