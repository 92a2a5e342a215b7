using GanSharp.Optimization.Flat;
using static TorchSharp.torch;

namespace GanSharp.Players;

/// <summary>Looks at a player's losses, gradients and weights as it learns, and may refuse an update.</summary>
internal interface IUpdateGuard
{
    /// <summary>An update begins. What its losses change beside the network is as it was before it where it is refused.</summary>
    void Begins();

    /// <summary>Whether losses are finite; asked before anything is computed from them, or, where several processes train, together with the gradients.</summary>
    bool AcceptsLoss(IReadOnlyList<KeyValuePair<string, Tensor>> terms);

    /// <summary>Whether the gradient of every parameter is finite; asked before the optimizer uses it.</summary>
    bool AcceptsGradients(FlatGradients gradients);

    /// <summary>An update was made.</summary>
    /// <param name="sumOfSquares">The sum of the squares of what the parameters became; null where nobody counted.</param>
    void Updated(double? sumOfSquares);
}
