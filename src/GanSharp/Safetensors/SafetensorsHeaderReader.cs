using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;
using GanSharp.Tensors;

namespace GanSharp.Safetensors;

/// <summary>
/// Reads an untrusted safetensors header. When it returns, every tensor lies within the file, none overlaps another,
/// every byte belongs to a tensor, and each has as many bytes as its type and shape need. So allocating the tensors takes no more than the file's size.
/// </summary>
internal sealed class SafetensorsHeaderReader(string path, long fileBytes)
{
    // The limit of libtorch's operators.
    private const int LargestDimensions = 64;
    // The root, a tensor, its shape.
    private const int Depth = 3;
    private const int QuotedCharacters = 80;
    private long dataBytes;

    public SafetensorsHeader Read(Stream file)
    {
        if (fileBytes < SafetensorsHeader.LengthBytes)
            throw Invalid($"must begin with the header's length in 8 bytes but has {fileBytes} bytes");
        Span<byte> length = stackalloc byte[SafetensorsHeader.LengthBytes];
        file.ReadExactly(length);
        if (PyTorchFormat(length) is { } found)
            throw Invalid($"is no safetensors file but {found}, as PyTorch's torch.save writes it. Convert it in Python:{Environment.NewLine}import torch; from safetensors.torch import save_file{Environment.NewLine}save_file(torch.load(\"{Path.GetFileName(path)}\", map_location=\"cpu\", weights_only=True), \"{Path.GetFileNameWithoutExtension(path)}.safetensors\"){Environment.NewLine}If the file holds more than a state dict, pass the one in it");
        var textBytes = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (textBytes > SafetensorsHeader.LargestTextBytes)
            throw Invalid($"must have a header of at most {SafetensorsHeader.LargestTextBytes:N0} bytes but announces {textBytes:N0}");
        dataBytes = fileBytes - SafetensorsHeader.LengthBytes - (long)textBytes;
        if (dataBytes < 0)
            throw Invalid($"announces a header of {textBytes:N0} bytes but has only {fileBytes - SafetensorsHeader.LengthBytes:N0} after its first 8");
        var text = new byte[textBytes];
        file.ReadExactly(text);
        return Parse(text);
    }

    private SafetensorsHeader Parse(byte[] text)
    {
        if (!Utf8.IsValid(text))
            throw Invalid("must have a header in UTF-8 but it holds other bytes");
        if (text is not [(byte)'{', ..])
            throw Invalid($"must have a header that begins with '{{' but it {(text.Length == 0 ? "is empty" : $"begins with byte {text[0]:x2}")}");
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = Depth, AllowDuplicateProperties = false });
            var metadata = new Dictionary<string, string>();
            var entries = new List<SafetensorsEntry>();
            foreach (var property in document.RootElement.EnumerateObject())
                if (property.Name == SafetensorsHeader.MetadataName)
                    metadata = Metadata(property.Value);
                else
                    entries.Add(Entry(property.Name, property.Value));
            entries.Sort((one, other) => (one.Begin, one.End).CompareTo((other.Begin, other.End)));
            ThrowIfNotFilled(entries);
            return new SafetensorsHeader(entries, metadata);
        }
        // The second exception is thrown for a name with half a surrogate pair ("\ud800").
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Invalid($"has a header that is no valid JSON: {exception.Message.TrimEnd('.')}", exception);
        }
    }

    private Dictionary<string, string> Metadata(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw Invalid($"must have an object as {SafetensorsHeader.MetadataName} but has {Quote(value)}");
        var metadata = new Dictionary<string, string>();
        foreach (var property in value.EnumerateObject())
            metadata.Add(property.Name, property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()!
                : throw Invalid($"must have strings in {SafetensorsHeader.MetadataName} but '{Quote(property.Name)}' is {Quote(property.Value)}"));
        return metadata;
    }

    private SafetensorsEntry Entry(string name, JsonElement value)
    {
        var tensor = $"tensor '{Quote(name)}'";
        if (value.ValueKind != JsonValueKind.Object || value.GetPropertyCount() != 3
            || !value.TryGetProperty("dtype", out var type) || !value.TryGetProperty("shape", out var shape) || !value.TryGetProperty("data_offsets", out var offsets))
            throw Invalid($"must give {tensor} a dtype, a shape, data_offsets and nothing else but has {Quote(value)}");
        if (type.ValueKind != JsonValueKind.String || SafetensorsType.Parse(type.GetString()!) is not { } known)
            throw Invalid($"must give {tensor} one of the types {SafetensorsType.Names} but has {Quote(type)}");
        if (Numbers(shape) is not { Length: <= LargestDimensions } sizes)
            throw Invalid($"must give {tensor} a shape of at most {LargestDimensions} whole numbers from 0 but has {Quote(shape)}");
        if (Numbers(offsets) is not [var begin, var end] || begin > end || end > dataBytes)
            throw Invalid($"must give {tensor} two offsets in order, from 0 to the {dataBytes:N0} bytes behind the header, but has {Quote(offsets)}");
        if (Bytes(sizes, SafetensorsType.Bytes(known)) is var bytes && bytes != end - begin)
            throw Invalid($"must hold {tensor} of {type.GetString()} {Quote(Shape.Format(sizes))} in {bytes?.ToString("N0", null) ?? "more than 2^63"} bytes but gives it {end - begin:N0}");
        return new SafetensorsEntry(name, known, sizes, begin, end);
    }

    private void ThrowIfNotFilled(List<SafetensorsEntry> entries)
    {
        var filled = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin != filled)
                throw Invalid($"must have no {(entry.Begin < filled ? "overlaps" : "gaps")}: tensor '{Quote(entry.Name)}' begins at byte {entry.Begin:N0} but the one before it ends at {filled:N0}");
            filled = entry.End;
        }
        if (filled != dataBytes)
            throw Invalid($"must end with its last tensor but has {dataBytes - filled:N0} bytes after it");
    }

    /// <summary>Recognizes, by its first bytes, the kinds of file most often given by mistake. Read as a header length, these bytes would be far too large.</summary>
    private static string? PyTorchFormat(ReadOnlySpan<byte> start) =>
        start.StartsWith("PK\u0003\u0004"u8) ? "a zip archive"
        : start[0] == 0x80 && start[1] is >= 2 and <= 5 && start[7] != 0 ? "a Python pickle"
        : null;

    private static long[]? Numbers(JsonElement array)
    {
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() > LargestDimensions)
            return null;
        var numbers = array.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var number) ? number : -1).ToArray();
        return numbers.All(number => number >= 0) ? numbers : null;
    }

    /// <summary>Null on overflow. A size of 0 counts as 1, because libtorch computes strides that way.</summary>
    private static long? Bytes(long[] sizes, int elementBytes) =>
        Shape.Product(sizes.Select(size => Math.Max(size, 1)).Prepend(elementBytes)) is { } bytes ? sizes.Contains(0) ? 0 : bytes : null;

    private static string Quote(JsonElement value) => Quote(value.GetRawText());

    private static string Quote(string text) => text.Length <= QuotedCharacters ? text : $"{text[..QuotedCharacters]}…";

    private InvalidSafetensorsException Invalid(string fault, Exception? inner = null) => new($"'{path}' {fault}.", inner);
}
