namespace GanSharp.Tests.Fuzzing;

/// <summary>One reader of untrusted files.</summary>
internal sealed record FuzzTarget : IDisposable
{
    public required string Name { get; init; }

    /// <summary>Good files, from which hostile ones are made.</summary>
    public required IReadOnlyList<byte[]> Corpus { get; init; }

    /// <summary>Words of the format.</summary>
    public IReadOnlyList<string> Tokens { get; init; } = [];

    /// <summary>Reads the file and releases what it held.</summary>
    public required Action<string> Read { get; init; }

    /// <summary>The exceptions that a reader may refuse a file with; any other is a fault.</summary>
    public required IReadOnlyList<Type> Refusals { get; init; }

    /// <summary>Mends lengths and checksums, which every second input passes through: what they guard would else never be reached.</summary>
    public Func<byte[], byte[]> Repair { get; init; } = input => input;

    /// <summary>What <see cref="Read"/> works with.</summary>
    public IReadOnlyList<IDisposable> Owned { get; init; } = [];

    public void Dispose()
    {
        foreach (var owned in Owned)
            owned.Dispose();
    }
}
