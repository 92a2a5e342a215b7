using GanSharp.Networks.Normalization;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Classic;

/// <summary>A fully connected layer whose units are each the largest of several linear functions (Goodfellow et al. 2013, "Maxout Networks"): convex, piecewise linear, learned.</summary>
public sealed class Maxout : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> linear;
    private readonly int units, pieces;

    internal int Units => units;

    internal int Pieces => pieces;

    /// <summary>A maxout layer. Weights keep TorchSharp's default initialization for Linear.</summary>
    /// <param name="inputSize">Values in, at least 1.</param>
    /// <param name="units">Values out, at least 1.</param>
    /// <param name="pieces">Linear functions of each unit, at least 1. Default 5, as in Goodfellow et al. 2014.</param>
    /// <param name="maximumNorm">Largest norm of the weights of each linear function (<see cref="MaximumNorm"/>); null (the default) for no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="inputSize"/>, <paramref name="units"/> or <paramref name="pieces"/> is below 1, or <paramref name="maximumNorm"/> isn't finite and above 0.</exception>
    public Maxout(int inputSize, int units, int pieces = 5, double? maximumNorm = null)
        : base(nameof(Maxout))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(pieces, 1);
        (this.units, this.pieces) = (units, pieces);
        var plain = Linear(inputSize, (long)units * pieces);
        linear = maximumNorm is { } limit ? new MaximumNorm(plain, limit) : plain;
        RegisterComponents();
    }

    /// <summary>The units.</summary>
    /// <param name="input">Float tensor of shape [N, inputSize].</param>
    /// <returns>Shape [N, units].</returns>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var scope = NewDisposeScope();
        return linear.call(input).view(-1, units, pieces).max(2).values.MoveToOuterDisposeScope();
    }
}
