using static TorchSharp.torch;

namespace GanSharp.Networks;

/// <summary>Runs a network over many samples in pieces, so that memory is bounded by a piece and not by the request.</summary>
internal static class Chunks
{
    private const int SamplesPerChunk = 1024;

    public static Tensor Map(Tensor inputs, Tensor? labels, Func<Tensor, Tensor?, Tensor> network, int multipleOf = 1)
    {
        var total = inputs.shape[0];
        var size = SamplesPerChunk / multipleOf * multipleOf;
        if (total <= size)
            return network(inputs, labels);
        var outputs = new List<Tensor>();
        for (long start = 0; start < total; start += size)
        {
            using var piece = NewDisposeScope();
            var length = Math.Min(size, total - start);
            outputs.Add(network(inputs.narrow(0, start, length), labels?.narrow(0, start, length)).MoveToOuterDisposeScope());
        }
        return cat(outputs);
    }
}
