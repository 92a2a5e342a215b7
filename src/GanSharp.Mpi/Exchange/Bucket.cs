using static TorchSharp.torch;

namespace GanSharp.Mpi.Exchange;

/// <summary>Tensors that travel as one message.</summary>
/// <param name="Wire">How.</param>
/// <param name="Tensors">In their order.</param>
internal sealed record Bucket(Wire Wire, IReadOnlyList<Tensor> Tensors)
{
    /// <summary>Values of all.</summary>
    public long Count => Tensors.Sum(tensor => tensor.numel());

    /// <summary>
    /// Divides tensors into buckets by types and shapes alone, so that every rank, and every run, divides alike and adds in the same order. A tensor that fills one goes alone.
    /// </summary>
    /// <param name="tensors">In the order that all ranks give them.</param>
    /// <param name="wireOf">How tensors of the type of this one travel.</param>
    /// <param name="bytes">Of a bucket.</param>
    public static IReadOnlyList<Bucket> Divide(IReadOnlyList<Tensor> tensors, Func<Tensor, Wire> wireOf, long bytes)
    {
        var buckets = new List<Bucket>();
        foreach (var group in tensors.Where(tensor => tensor.numel() > 0).GroupBy(tensor => tensor.dtype))
        {
            var wire = wireOf(group.First());
            var (open, filled) = (new List<Tensor>(), 0L);
            foreach (var tensor in group)
            {
                var size = tensor.numel() * wire.Size;
                if (size >= bytes)
                {
                    buckets.Add(new Bucket(wire, [tensor]));
                    continue;
                }
                if (filled + size > bytes)
                {
                    buckets.Add(new Bucket(wire, open));
                    (open, filled) = ([], 0);
                }
                open.Add(tensor);
                filled += size;
            }
            if (open.Count > 0)
                buckets.Add(new Bucket(wire, open));
        }
        return buckets;
    }
}
