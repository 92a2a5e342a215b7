using static TorchSharp.torch;

namespace GanSharp.Safetensors;

/// <summary>The types that safetensors and TorchSharp share, with the format's names.</summary>
internal static class SafetensorsType
{
    private static readonly (string Name, ScalarType Type, int Bytes)[] Types =
    [
        ("BOOL", ScalarType.Bool, 1), ("U8", ScalarType.Byte, 1), ("I8", ScalarType.Int8, 1), ("I16", ScalarType.Int16, 2),
        ("I32", ScalarType.Int32, 4), ("I64", ScalarType.Int64, 8), ("BF16", ScalarType.BFloat16, 2), ("F16", ScalarType.Float16, 2),
        ("F32", ScalarType.Float32, 4), ("F64", ScalarType.Float64, 8), ("C64", ScalarType.ComplexFloat32, 8),
    ];

    /// <summary>All names, for messages.</summary>
    public static string Names { get; } = string.Join(", ", Types.Select(type => type.Name));

    public static bool IsKnown(ScalarType type) => Types.Any(known => known.Type == type);

    public static ScalarType? Parse(string name) => Types.Where(known => known.Name == name).Select(known => (ScalarType?)known.Type).FirstOrDefault();

    public static string Name(ScalarType type) => Types.Single(known => known.Type == type).Name;

    public static int Bytes(ScalarType type) => Types.Single(known => known.Type == type).Bytes;
}
