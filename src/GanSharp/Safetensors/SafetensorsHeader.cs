using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace GanSharp.Safetensors;

/// <summary>The front of a safetensors file: the length of the JSON text as a little-endian uint64, then the text.</summary>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    public const string MetadataName = "__metadata__";

    public const int LengthBytes = 8;

    // The format allows 100 MB. Parsed objects take some twenty times the size of their text, and 16 MB can name more tensors than any network has.
    public const int LargestTextBytes = 1 << 24;

    /// <summary>The header as bytes, padded with spaces so that the tensors after it begin at a multiple of 8.</summary>
    /// <exception cref="ArgumentException">It is longer than a reader would accept.</exception>
    public byte[] ToBytes()
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
            WriteTo(json);
        var length = (text.WrittenCount + LengthBytes - 1) / LengthBytes * LengthBytes;
        if (length > LargestTextBytes)
            throw new ArgumentException($"Names, shapes and metadata must take at most {LargestTextBytes:N0} bytes as JSON but take {length:N0}.");
        var bytes = new byte[LengthBytes + length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        text.WrittenSpan.CopyTo(bytes.AsSpan(LengthBytes));
        bytes.AsSpan(LengthBytes + text.WrittenCount).Fill((byte)' ');
        return bytes;
    }

    private void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (Metadata.Count > 0)
        {
            json.WriteStartObject(MetadataName);
            foreach (var (key, value) in Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                json.WriteString(key, value);
            json.WriteEndObject();
        }
        foreach (var entry in Entries)
        {
            json.WriteStartObject(entry.Name);
            json.WriteString("dtype", SafetensorsType.Name(entry.Type));
            WriteArray("shape", entry.Shape);
            WriteArray("data_offsets", [entry.Begin, entry.End]);
            json.WriteEndObject();
        }
        json.WriteEndObject();

        void WriteArray(string name, long[] values)
        {
            json.WriteStartArray(name);
            foreach (var value in values)
                json.WriteNumberValue(value);
            json.WriteEndArray();
        }
    }
}
