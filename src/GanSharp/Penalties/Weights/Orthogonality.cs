using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Penalties.Weights;

/// <summary>How far a network's weights are from orthogonal.</summary>
internal static class Orthogonality
{
    /// <summary>Σ ‖(W Wᵀ − I) ⊙ M‖²_F over the trainable weights W of two dimensions and more, a filter being a row; embeddings, whose rows are classes, are left out.</summary>
    /// <param name="network">The network.</param>
    /// <param name="isDiagonalFree">Whether M is 0 on the diagonal, so that filters may have any length.</param>
    /// <exception cref="InvalidOperationException">There is no such weight.</exception>
    public static Tensor Of(Module network, bool isDiagonalFree)
    {
        var embedded = network.modules().OfType<Embedding>().SelectMany(module => module.parameters(recurse: false)).Select(parameter => parameter.Handle).ToHashSet();
        var distances = network.parameters().Where(parameter => parameter.requires_grad && parameter.dim() >= 2 && !embedded.Contains(parameter.Handle))
            .Select(parameter => Of(parameter.flatten(1), isDiagonalFree)).ToArray();
        return distances.Length > 0 ? distances.Aggregate((sum, distance) => sum + distance)
            : throw new InvalidOperationException($"{network.GetType().Name} has no trainable weight of two dimensions or more, so there is nothing to make orthogonal.");
    }

    private static Tensor Of(Tensor rows, bool isDiagonalFree)
    {
        // In mixed precision the weights are bfloat16 numbers, whose products are too coarse to subtract 1 from.
        rows = rows.dtype == ScalarType.BFloat16 ? rows.to(ScalarType.Float32) : rows;
        var (gram, identity) = (rows.matmul(rows.t()), eye(rows.shape[0], dtype: rows.dtype, device: rows.device));
        return (isDiagonalFree ? gram * (1 - identity) : gram - identity).square().sum();
    }
}
