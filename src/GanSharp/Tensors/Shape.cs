namespace GanSharp.Tensors;

/// <summary>Formats shapes for messages.</summary>
internal static class Shape
{
    public static string Format(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

    /// <summary>The product of the sizes, or null where it exceeds 2⁶³ − 1.</summary>
    public static long? Product(IEnumerable<long> sizes)
    {
        Int128 product = 1;
        foreach (var size in sizes)
            if ((product *= size) > long.MaxValue)
                return null;
        return (long)product;
    }
}
