using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Google.Protobuf;
using Tensorboard;

namespace GanSharp.Reporting.TensorBoard;

/// <summary>
/// An event file of TensorBoard: protocol buffers in the frames of a TFRecord. TorchSharp has the messages; its SummaryWriter isn't used, because it writes .NET's ticks, or 0, where TensorBoard
/// reads seconds since 1970, has no images or text, and opens the file anew for every number.
/// </summary>
internal sealed class EventFile : IDisposable
{
    private const uint MaskOfChecksum = 0xa282ead8;
    private static int files;
    private readonly FileStream file;

    /// <summary>Starts a file of its own. TensorBoard reads all of a folder as one run.</summary>
    /// <param name="folder">Made where it isn't there.</param>
    public EventFile(string folder)
    {
        Directory.CreateDirectory(folder);
        var name = string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{DateTimeOffset.UtcNow.ToUnixTimeSeconds():0000000000}.{Environment.MachineName}.{Environment.ProcessId}.{Interlocked.Increment(ref files)}");
        file = new FileStream(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete);
        Write(new Event { FileVersion = "brain.Event:2" });
    }

    /// <summary>Appends an event of now.</summary>
    public void Write(Event entry)
    {
        entry.WallTime = (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;
        var content = entry.ToByteArray();
        var record = new byte[8 + 4 + content.Length + 4];
        BinaryPrimitives.WriteInt64LittleEndian(record, content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Checksum(record.AsSpan(0, 8)));
        content.CopyTo(record, 12);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + content.Length), Checksum(content));
        file.Write(record);
    }

    /// <summary>Hands over to the system what was written.</summary>
    public void Flush() => file.Flush();

    public void Dispose() => file.Dispose();

    /// <summary>CRC-32C, rotated and moved: a checksum of data that holds checksums would otherwise be degenerate.</summary>
    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var remainder = uint.MaxValue;
        foreach (var value in bytes)
            remainder = BitOperations.Crc32C(remainder, value);
        return BitOperations.RotateRight(~remainder, 15) + MaskOfChecksum;
    }
}
