using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using GanSharp.Safetensors;
using static TorchSharp.torch;

namespace GanSharp.Data.Arrays;

/// <summary>
/// The header of NumPy's .npy file: magic bytes, a version, the length of a text, and the text, a Python dictionary of type, order and shape.
/// After it is read, the file is known to contain exactly the values that the header announces.
/// </summary>
/// <param name="Type">Type of the values.</param>
/// <param name="Shape">Sizes, each at least 1.</param>
/// <param name="Offset">The byte at which the values begin, a multiple of their size.</param>
internal sealed partial record NpyHeader(ScalarType Type, long[] Shape, long Offset)
{
    // What NumPy writes takes 128 bytes for any common shape.
    private const int LargestTextBytes = 1 << 16;
    // The limit of libtorch's operators.
    private const int LargestDimensions = 64;
    private const int Alignment = 64, QuotedCharacters = 80;
    private static readonly byte[] Magic = [0x93, .. "NUMPY"u8];
    private static readonly (string Name, ScalarType Type)[] Types =
        [("|u1", ScalarType.Byte), ("|i1", ScalarType.Int8), ("<i2", ScalarType.Int16), ("<i4", ScalarType.Int32), ("<i8", ScalarType.Int64), ("<f4", ScalarType.Float32)];

    /// <summary>Number of values.</summary>
    public long Values => Tensors.Shape.Product(Shape)!.Value;

    /// <exception cref="InvalidDatasetException">It isn't a .npy file, has another type or order, is empty, or is shorter or longer than its header says.</exception>
    public static NpyHeader Read(string path)
    {
        using var file = File.OpenRead(path);
        if (!file.CanSeek)
            throw Invalid("must be a file with a length but is a device or a pipe");
        var start = new byte[12];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.AsSpan().StartsWith(Magic))
            throw Invalid("is no .npy file: it doesn't begin as NumPy's save makes it begin");
        if (start[6] is < 1 or > 3)
            throw Invalid($"must have version 1, 2 or 3 of the format but has {start[6]}");
        var (textStart, textBytes) = start[6] == 1 ? (10, BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8))) : (12, BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8)));
        if (textBytes > LargestTextBytes || textStart + textBytes > file.Length)
            throw Invalid($"announces a header of {textBytes:N0} bytes but may have at most {Math.Min(LargestTextBytes, file.Length - textStart):N0}");
        var bytes = new byte[textBytes];
        file.Position = textStart;
        file.ReadExactly(bytes);
        var text = Encoding.Latin1.GetString(bytes);
        var quoted = text.TrimEnd() is var trimmed && trimmed.Length > QuotedCharacters ? $"{trimmed[..QuotedCharacters]}…" : trimmed;
        if (Dictionary().Match(text) is not { Success: true } match)
            throw Invalid($"must have a header with descr, fortran_order and shape, as NumPy writes it, but has {quoted}");
        var (name, type) = Types.FirstOrDefault(type => type.Name == match.Groups["descr"].Value);
        if (name is null)
            throw Invalid($"must hold values of type {string.Join(", ", Types.Select(known => known.Name))} but has '{match.Groups["descr"].Value}'. Convert them with astype, such as values.astype('float32')");
        var elementBytes = SafetensorsType.Bytes(type);
        if (match.Groups["fortran"].Value == "True")
            throw Invalid("must be in C order, row by row, but is in Fortran order. Save numpy.ascontiguousarray(values)");
        var offset = textStart + textBytes;
        if (Sizes(match.Groups["shape"].Value) is not { } shape || Tensors.Shape.Product(shape) is not { } values || values > (file.Length - offset) / elementBytes)
            throw Invalid($"must hold at least one value, in at most {LargestDimensions} dimensions, and as many as its shape says, but {file.Length - offset:N0} bytes follow the header {quoted}");
        if (file.Length - offset != values * elementBytes)
            throw Invalid($"must end after the {values:N0} values of its shape ({string.Join(", ", shape)}) but has {file.Length - offset - values * elementBytes:N0} more bytes");
        if (offset % elementBytes != 0)
            throw Invalid($"must begin its values at a multiple of their {elementBytes} bytes but begins them at byte {offset}");
        return new NpyHeader(type, shape, offset);

        InvalidDatasetException Invalid(string fault) => new($"'{path}' {fault}.");
    }

    /// <summary>The header as bytes; their number doesn't depend on the number of rows.</summary>
    public static byte[] ToBytes(ScalarType type, IReadOnlyList<long> shape)
    {
        string Text(long rows) => FormattableString.Invariant($"{{'descr': '{Types.Single(known => known.Type == type).Name}', 'fortran_order': False, 'shape': ({string.Join(", ", shape.Skip(1).Prepend(rows))}{(shape.Count == 1 ? "," : "")}), }}");
        const int TextStart = 10;
        var total = (TextStart + Text(long.MaxValue).Length + 1 + Alignment - 1) / Alignment * Alignment;
        var bytes = new byte[total];
        Magic.CopyTo(bytes, 0);
        bytes[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), checked((ushort)(total - TextStart)));
        Encoding.Latin1.GetBytes(Text(shape[0]).PadRight(total - TextStart - 1) + '\n', bytes.AsSpan(TextStart));
        return bytes;
    }

    private static long[]? Sizes(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var sizes = parts.Select(part => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 0).ToArray();
        return sizes.Length is > 0 and <= LargestDimensions && sizes.All(size => size > 0) ? sizes : null;
    }

    [GeneratedRegex(@"^\{'descr': '(?<descr>[^']*)', 'fortran_order': (?<fortran>True|False), 'shape': \((?<shape>[0-9, ]*)\),? ?\}\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Dictionary();
}
