using static TorchSharp.torch;

namespace GanSharp.Safetensors;

/// <summary>A safetensors header's entry for one tensor.</summary>
/// <param name="Name">Its name, unique in the file.</param>
/// <param name="Type">Type of its values.</param>
/// <param name="Shape">Its shape; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">Byte after the last one.</param>
internal readonly record struct SafetensorsEntry(string Name, ScalarType Type, long[] Shape, long Begin, long End);
