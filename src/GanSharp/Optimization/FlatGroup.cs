using static TorchSharp.torch;

namespace GanSharp.Optimization;

/// <summary>Parameters of one type on one device as a pair of contiguous buffers.</summary>
/// <param name="Values">All parameters, shape [n].</param>
/// <param name="Gradients">Their gradients, shape [n], accumulated by the backward pass.</param>
public sealed record FlatGroup(Tensor Values, Tensor Gradients) : IDisposable
{
    /// <summary>Releases both buffers.</summary>
    public void Dispose()
    {
        Values.Dispose();
        Gradients.Dispose();
    }
}
