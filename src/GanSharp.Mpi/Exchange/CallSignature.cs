using static TorchSharp.torch;

namespace GanSharp.Mpi.Exchange;

/// <summary>What a rank calls: ranks may go on only where all call the same with tensors of the same types and shapes.</summary>
/// <param name="Operation">The method's name.</param>
/// <param name="Tensors">What it was given.</param>
/// <param name="Options">Those that decide how it is divided into messages.</param>
internal sealed record CallSignature(string Operation, IReadOnlyList<Tensor> Tensors, MpiOptions Options)
{
    /// <summary>64 bits of everything that must be alike (FNV-1a).</summary>
    public long Hash()
    {
        var hash = 14695981039346656037UL;
        void Add(long value)
        {
            for (var shift = 0; shift < 64; shift += 8)
                hash = (hash ^ (byte)(value >> shift)) * 1099511628211UL;
        }
        foreach (var character in Operation)
            Add(character);
        Add(Options.BucketBytes);
        Add(Options.LargestCount);
        Add(Tensors.Count);
        foreach (var tensor in Tensors)
        {
            Add((long)tensor.dtype);
            var shape = tensor.shape;
            Add(shape.Length);
            foreach (var size in shape)
                Add(size);
        }
        return (long)hash;
    }

    /// <summary>The same in words: the call, the options, and a line for each tensor.</summary>
    public string Describe() => string.Join('\n', (string[])
    [
        Tensors.Count == 0 ? Operation : $"{Operation} of {Tensors.Count} tensors", $"BucketBytes {Options.BucketBytes}, LargestCount {Options.LargestCount}",
        .. Tensors.Select(tensor => $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]"),
    ]);

    /// <summary>The first thing in which calls differ.</summary>
    /// <param name="descriptions">What each rank described.</param>
    public static string Difference(IReadOnlyList<string> descriptions)
    {
        var lines = descriptions.Select(text => text.Split('\n')).ToArray();
        var line = Enumerable.Range(0, lines.Max(of => of.Length)).First(index => lines.Select(of => of.ElementAtOrDefault(index)).Distinct().Count() > 1);
        var what = line switch
        {
            0 => "The ranks make unlike calls",
            1 => "The ranks have unlike options",
            _ => $"The ranks call {lines[0][0]}, of which number {line - 1} is unlike",
        };
        return $"{what}: {string.Join("; ", lines.Select((of, rank) => (Text: of.ElementAtOrDefault(line) ?? "nothing", Rank: rank)).GroupBy(of => of.Text, of => of.Rank).Select(group => $"{RankList.Of(group)}: {group.Key}"))}.";
    }
}
