using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Safetensors;

/// <summary>
/// Tensors with names in the safetensors format, which PyTorch, JAX and others read: a JSON header, then the raw values. Nothing in a file
/// can run code. Files are treated as untrusted: whatever the bytes, reading either returns tensors or throws an <see cref="InvalidSafetensorsException"/>,
/// and takes memory in proportion to the file's real size. Values are little-endian.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private readonly Dictionary<string, Tensor> tensors;

    private SafetensorsFile(Dictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata) => (this.tensors, Metadata) = (tensors, metadata);

    /// <summary>The tensors by name, on the CPU, in the types and shapes of the file; they live as long as this object.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => tensors;

    /// <summary>Metadata texts stored with the tensors; empty where the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>
    /// Writes the header and then each tensor in pieces of 16 MB, with no other copy of its values; a tensor may have any size, device and strides.
    /// The widest types go first, so that every tensor begins at a multiple of its values' size, as in the format's reference library.
    /// </summary>
    /// <param name="stream">Where to; only written to, so it needn't seek.</param>
    /// <param name="tensors">Unique names, and values of any shape and of type bool, uint8, int8 to int64, float16, bfloat16, float32, float64 or complex64.</param>
    /// <param name="metadata">Texts to store with the tensors; none where null.</param>
    /// <exception cref="ArgumentException">A name occurs twice or is reserved, a tensor's type or layout isn't one of the format's, or names and metadata take more than 16 MB. Nothing is written.</exception>
    public static void Write(Stream stream, IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        ThrowIfUnwritable(tensors);
        using var frozen = no_grad();
        (string Name, Tensor Value)[] ordered = [.. tensors.OrderByDescending(tensor => SafetensorsType.Bytes(tensor.Value.dtype))];
        var entries = new List<SafetensorsEntry>(ordered.Length);
        var begin = 0L;
        foreach (var (name, value) in ordered)
        {
            var end = begin + value.numel() * SafetensorsType.Bytes(value.dtype);
            entries.Add(new SafetensorsEntry(name, value.dtype, value.shape, begin, end));
            begin = end;
        }
        stream.Write(new SafetensorsHeader(entries, metadata ?? new Dictionary<string, string>()).ToBytes());
        foreach (var (_, value) in ordered)
            TensorBytes.Write(stream, value);
    }

    /// <summary>Reads a whole file into memory.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The tensors and texts; dispose it to release the tensors.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidSafetensorsException">The file breaks a rule of the format, has a type that libtorch doesn't have, or changed while it was read.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public static SafetensorsFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return Read(file, path);
    }

    /// <summary><see cref="Read(string)"/> of an open file or resource, from its beginning.</summary>
    /// <param name="file">A stream with a length.</param>
    /// <param name="path">What messages call it.</param>
    internal static SafetensorsFile Read(Stream file, string path)
    {
        using var scope = NewDisposeScope();
        if (!file.CanSeek)
            throw new InvalidSafetensorsException($"'{path}' must be a file with a length but is a device or a pipe.");
        try
        {
            var header = new SafetensorsHeaderReader(path, file.Length).Read(file);
            var tensors = new Dictionary<string, Tensor>(header.Entries.Count);
            foreach (var entry in header.Entries)
            {
                var isBoolean = entry.Type == ScalarType.Bool;
                var values = empty(entry.Shape, isBoolean ? ScalarType.Byte : entry.Type);
                TensorBytes.Read(file, values);
                tensors.Add(entry.Name, isBoolean ? Booleans(path, entry.Name, values) : values);
            }
            foreach (var values in tensors.Values)
                values.DetachFromDisposeScope();
            return new SafetensorsFile(tensors, header.Metadata);
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidSafetensorsException($"'{path}' became shorter while it was read.", exception);
        }
    }

    /// <summary>A phrase for every tensor that is missing, unknown, or not of the expected type or shape.</summary>
    internal IEnumerable<string> Mismatches(IReadOnlyList<(string Name, Tensor Value)> expected)
    {
        static string Describe(Tensor value) => $"{value.dtype} {Shape.Format(value.shape)}";
        foreach (var (name, value) in expected)
            if (!tensors.TryGetValue(name, out var found))
                yield return $"'{name}' ({Describe(value)}) is missing";
            else if (Describe(found) != Describe(value))
                yield return $"'{name}' must be {Describe(value)} but is {Describe(found)}";
        foreach (var (name, value) in tensors.ExceptBy(expected.Select(entry => entry.Name), entry => entry.Key))
            yield return $"'{name}' ({Describe(value)}) is unknown";
    }

    /// <summary>Releases the tensors.</summary>
    public void Dispose()
    {
        foreach (var tensor in tensors.Values)
            tensor.Dispose();
    }

    private static void ThrowIfUnwritable(IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        var names = new HashSet<string>();
        foreach (var (name, value) in tensors)
        {
            if (name is null || value is null)
                throw new ArgumentException("tensors must hold names and tensors but one is null.", nameof(tensors));
            if (name == SafetensorsHeader.MetadataName)
                throw new ArgumentException($"tensors can't use the name '{name}', which the format reserves.", nameof(tensors));
            if (!names.Add(name))
                throw new ArgumentException($"tensors must have a name of their own each but '{name}' occurs twice.", nameof(tensors));
            if (!SafetensorsType.IsKnown(value.dtype) || value.is_sparse)
                throw new ArgumentException($"tensors must be dense and of a type that safetensors has ({SafetensorsType.Names}) but '{name}' is {(value.is_sparse ? "sparse" : value.dtype)}.", nameof(tensors));
        }
    }

    /// <summary>libtorch assumes that every byte of a bool tensor is 0 or 1; other values give undefined behavior.</summary>
    private static Tensor Booleans(string path, string name, Tensor bytes)
    {
        using var scope = NewDisposeScope();
        if (bytes.numel() > 0 && bytes.max().item<byte>() is > 1 and var largest)
            throw new InvalidSafetensorsException($"'{path}' must hold 0 or 1 in each byte of the BOOL tensor '{name}' but holds {largest}.");
        return bytes.to(ScalarType.Bool).MoveToOuterDisposeScope();
    }
}
