namespace GanSharp.Onnx.Rules;

/// <summary>Short names for operators that many rules use.</summary>
internal static class Operators
{
    public static OnnxValue Add(this OnnxScope scope, OnnxValue left, OnnxValue right) => scope.Node("Add", [left, right]);

    public static OnnxValue Subtract(this OnnxScope scope, OnnxValue left, OnnxValue right) => scope.Node("Sub", [left, right]);

    public static OnnxValue Multiply(this OnnxScope scope, OnnxValue left, OnnxValue right) => scope.Node("Mul", [left, right]);

    /// <summary>Vectors of shape [N, C] as factors of feature maps, shape [N, C, 1, 1].</summary>
    public static OnnxValue PerChannel(this OnnxScope scope, OnnxValue vectors) => scope.Node("Unsqueeze", [vectors, scope.Shape(2, 3)]);

    /// <summary>A vector's values beside each other: [N, a] and [N, b] become [N, a + b].</summary>
    public static OnnxValue Join(this OnnxScope scope, OnnxValue left, OnnxValue right) => scope.Node("Concat", [left, right], ("axis", 1));

    /// <summary>Values of the second dimension, from the first to the one before the end.</summary>
    public static OnnxValue Slice(this OnnxScope scope, OnnxValue input, long first, long end) => scope.Node("Slice", [input, scope.Shape(first), scope.Shape(end), scope.Shape(1)]);

    /// <summary>Back in the shape of another value.</summary>
    public static OnnxValue InShapeOf(this OnnxScope scope, OnnxValue input, OnnxValue other) => scope.Node("Reshape", [input, scope.Node("Shape", [other])]);
}
