using GanSharp.Optimization.Flat;
using GanSharp.Players;
using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Training.Guards;

/// <summary>A guard's view of one player.</summary>
/// <param name="guard">The guard that decides.</param>
/// <param name="role">What messages call it: "discriminator", "generator", "encoder".</param>
/// <param name="player">The player; a check takes one reduction per buffer of its parameters.</param>
/// <param name="turn">In which turn of a step it learns; those of one turn learn from one loss.</param>
/// <param name="parts">What keeps a state that its losses change; null where nothing has to be put back.</param>
internal sealed class GuardedNetwork(DivergenceGuard guard, string role, Player player, int turn, OwnState? parts) : IUpdateGuard, IDisposable
{
    // Weights that start at or near zero may grow to any normal size.
    private const double SmallestReference = 0.1;

    public string Role => role;

    public int Turn => turn;

    public Module Module => player.Network;

    public string Name => $"the {role} ({Module.GetType().Name})";

    /// <summary>Root-mean-square weight from which growth is measured.</summary>
    public double Reference { get; set; } = Math.Max(SmallestReference, RootMeanSquare(player.Parameters.SumOfSquares(), player.Parameters));

    /// <summary>The sum of squared weights that the optimizer computed in the current step; null before that.</summary>
    public double? SumOfSquaresOfStep { get; set; }

    void IUpdateGuard.Begins() => parts?.Take();

    bool IUpdateGuard.AcceptsLoss(IReadOnlyList<KeyValuePair<string, Tensor>> terms) => guard.AcceptsLoss(this, terms);

    bool IUpdateGuard.AcceptsGradients(FlatGradients gradients) => guard.AcceptsGradients(this, gradients);

    void IUpdateGuard.Updated(double? sumOfSquares) => SumOfSquaresOfStep = sumOfSquares;

    /// <summary>Puts back what the losses of a refused update changed in penalties, objective and augmentation.</summary>
    public void RestoreParts() => parts?.Restore();

    public void Dispose() => parts?.Release();

    /// <summary>Root-mean-square weight.</summary>
    /// <param name="ofStep">Whether the optimizer's sum can be used, because the weights haven't been written since.</param>
    public double RootMeanSquareWeight(bool ofStep) => RootMeanSquare((ofStep ? SumOfSquaresOfStep : null) ?? player.Parameters.SumOfSquares(), player.Parameters);

    /// <summary>The first parameter with a value that isn't finite, and such a value; null where only the sum of squares overflows.</summary>
    public (string Parameter, double Value)? FirstNonFinite() => FirstNonFinite(Module.named_parameters().Select(named => (named.name, (Tensor)named.parameter)));

    /// <summary>The first parameter whose gradient isn't finite.</summary>
    public static (string Parameter, double Value)? FirstNonFinite(FlatGradients gradients) => FirstNonFinite(gradients.Named());

    private static double RootMeanSquare(double sumOfSquares, FlatParameters parameters) => Math.Sqrt(sumOfSquares / Math.Max(1, parameters.Count));

    private static (string Parameter, double Value)? FirstNonFinite(IEnumerable<(string Name, Tensor Values)> entries)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, values) in entries)
        {
            var bad = values.masked_select(values.isfinite().logical_not());
            if (bad.numel() > 0)
                return (name, bad[0].to(ScalarType.Float64).cpu().item<double>());
        }
        return null;
    }
}
