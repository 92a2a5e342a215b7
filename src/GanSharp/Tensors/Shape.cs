namespace GanSharp.Tensors;

/// <summary>Shapes as messages print them.</summary>
internal static class Shape
{
    public static string Format(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
