namespace GanSharp.Onnx;

/// <summary>A tensor in an ONNX graph: an input, a constant, or what a node gives.</summary>
/// <param name="Name">Its name in the graph.</param>
public readonly record struct OnnxValue(string Name);
