using static TorchSharp.torch;

namespace GanSharp.Safetensors;

/// <summary>What a safetensors header says of one tensor.</summary>
/// <param name="Name">Its name, once a file.</param>
/// <param name="Type">Type of its values.</param>
/// <param name="Shape">Its shape; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">Byte after the last one.</param>
internal readonly record struct SafetensorsEntry(string Name, ScalarType Type, long[] Shape, long Begin, long End);
