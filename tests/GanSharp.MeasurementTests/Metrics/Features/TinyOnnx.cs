using System.Text;

namespace GanSharp.Tests.Metrics.Features;

/// <summary>An ONNX file of one operator, written in protobuf's wire format (the numbers are those of onnx.proto).</summary>
internal static class TinyOnnx
{
    /// <summary>GlobalAveragePool: each channel's mean, shape [N, channels, 1, 1]. A size of 0 stays open.</summary>
    public static byte[] ChannelMeans(params int[] shape)
    {
        byte[] Value(string name, int[] sizes) =>
            [.. Text(1, name), .. Message(2, Message(1, [.. Number(1, 1), .. Message(2, [.. sizes.SelectMany((size, index) => Message(1, size > 0 ? Number(1, size) : Text(2, $"d{index}")))])]))];
        byte[] node = [.. Text(1, "images"), .. Text(2, "means"), .. Text(4, "GlobalAveragePool")];
        byte[] graph = [.. Message(1, node), .. Text(2, "tiny"), .. Message(11, Value("images", shape)), .. Message(12, Value("means", [shape[0], shape[1], 1, 1]))];
        return [.. Number(1, 8), .. Message(7, graph), .. Message(8, Number(2, 13))];
    }

    private static byte[] Number(int field, long value) => [(byte)(field << 3), .. Variable(value)];

    private static byte[] Text(int field, string text) => Message(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Message(int field, byte[] content) => [(byte)((field << 3) | 2), .. Variable(content.Length), .. content];

    private static IEnumerable<byte> Variable(long value)
    {
        for (; value >= 128; value >>= 7)
            yield return (byte)(value | 128);
        yield return (byte)value;
    }
}
