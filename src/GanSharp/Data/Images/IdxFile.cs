using System.Buffers.Binary;
using System.IO.Compression;
using static TorchSharp.torch;

namespace GanSharp.Data.Images;

/// <summary>
/// The file format of MNIST and its family: two zero bytes, a type, the number of dimensions, each dimension as a big-endian int32,
/// then the values. Only the type uint8, which all of them use, is read; a gzip file is recognized by its content, whatever its name.
/// </summary>
public static class IdxFile
{
    /// <summary>1 GiB: the largest of the family, EMNIST, takes 640 MB.</summary>
    public const int DefaultLargestBytes = 1 << 30;

    private const byte UnsignedByte = 0x08;

    /// <summary>Reads a file into memory.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="largestBytes">
    /// Decompressed size above which a file is refused, because a small gzip file can expand a thousandfold. Default <see cref="DefaultLargestBytes"/>.
    /// </param>
    /// <returns>Uint8 tensor of the file's shape, which the caller disposes.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDatasetException">The file isn't an IDX file of uint8, is too large, or is shorter or longer than its header says.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="largestBytes"/> is below 1.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public static Tensor Read(string path, int largestBytes = DefaultLargestBytes)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(largestBytes, 1);
        try
        {
            using var file = File.OpenRead(path);
            using var content = IsGzip(file) ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
            return Read(content, path, Math.Min(largestBytes, Array.MaxLength));
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDatasetException($"'{path}' is a damaged gzip file: {exception.Message}", exception);
        }
    }

    private static bool IsGzip(FileStream file)
    {
        var isGzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        return isGzip;
    }

    private static Tensor Read(Stream content, string path, int largestBytes)
    {
        var magic = ReadExactly(content, 4, path);
        if (magic[0] != 0 || magic[1] != 0)
            throw new InvalidDatasetException($"'{path}' is no IDX file: it must begin with two zero bytes but begins with {magic[0]:x2} {magic[1]:x2}.");
        if (magic[2] != UnsignedByte)
            throw new InvalidDatasetException($"'{path}' must hold uint8 values (type 08) but has type {magic[2]:x2}.");
        if (magic[3] == 0)
            throw new InvalidDatasetException($"'{path}' must have at least one dimension but has none.");
        var header = ReadExactly(content, 4 * magic[3], path);
        var shape = Enumerable.Range(0, magic[3]).Select(index => (long)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4 * index))).ToArray();
        var size = shape.Aggregate(1.0, (product, dimension) => product * dimension);
        if (size == 0 || size > largestBytes)
            throw new InvalidDatasetException($"'{path}' must hold between 1 and {largestBytes:N0} values (largestBytes) but its header says {string.Join(" × ", shape)}.");
        var values = ReadExactly(content, (int)size, path);
        if (content.ReadByte() >= 0)
            throw new InvalidDatasetException($"'{path}' must end after the {size:N0} values that its header announces ({string.Join(" × ", shape)}) but goes on.");
        return tensor(values, shape, ScalarType.Byte);
    }

    /// <summary>Memory grows with the actual content, so a false header can't cause a large allocation.</summary>
    private static byte[] ReadExactly(Stream content, int count, string path)
    {
        const int Step = 1 << 20;
        var bytes = new byte[Math.Min(count, Step)];
        for (var read = 0; ;)
        {
            read += content.ReadAtLeast(bytes.AsSpan(read), bytes.Length - read, throwOnEndOfStream: false);
            if (read == count)
                return bytes;
            if (read < bytes.Length)
                throw new InvalidDatasetException($"'{path}' is cut off: {count:N0} more bytes were announced but only {read:N0} are there.");
            Array.Resize(ref bytes, (int)Math.Min(count, 2L * bytes.Length));
        }
    }
}
