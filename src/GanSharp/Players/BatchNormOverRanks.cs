using GanSharp.Communication;
using static TorchSharp.torch;

namespace GanSharp.Players;

/// <summary>
/// Batch norm by given statistics of all ranks, with the gradient that includes them (Ioffe and Szegedy 2015): with x̂ = (x − μ)/σ and means over all ranks, ∂x = w/σ · (g − mean(g) − x̂ · mean(g · x̂)).
/// As torch's operators it would be some twenty passes over the values; here it is six.
/// </summary>
/// <remarks>A gradient that is to be differentiated again is computed from operators that can be, and μ and σ are then exchanged once more.</remarks>
internal sealed class BatchNormOverRanks : autograd.SingleTensorFunction<BatchNormOverRanks>
{
    private const string ContextKey = "context", SettingsKey = "eps";

    // Only tensors can be passed as arguments.
    [ThreadStatic]
    private static (RankContext Context, double Epsilon, Tensor Mean, Tensor Variance) given;

    public override string Name => nameof(BatchNormOverRanks);

    /// <param name="values">Shape [N, C, …], float32 or float64.</param>
    /// <param name="weight">Shape [C].</param>
    /// <param name="bias">Shape [C].</param>
    /// <param name="mean">Of all ranks, shape [C], without a graph.</param>
    /// <param name="variance">Likewise.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="context">The ranks.</param>
    public static Tensor Of(Tensor values, Tensor weight, Tensor bias, Tensor mean, Tensor variance, double epsilon, RankContext context)
    {
        given = (context, epsilon, mean, variance);
        try
        {
            return apply(values, weight, bias);
        }
        finally
        {
            given = default;
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (values, weight, bias) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        using var scope = NewDisposeScope();
        // torch saves it when this has returned.
        var inverse = (given.Variance + given.Epsilon).rsqrt().MoveToOuterDisposeScope();
        ctx.save_for_backward([values, weight, given.Mean, inverse]);
        ctx.save_data(ContextKey, given.Context);
        ctx.save_data(SettingsKey, given.Epsilon);
        var scale = weight * inverse;
        return addcmul(PerChannel(bias - given.Mean * scale, values), values, PerChannel(scale, values), 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        // Nothing here may throw: an exception would end the process.
        var context = (RankContext)ctx.get_data(ContextKey);
        try
        {
            if (!context.HasFailed)
                return is_grad_enabled() ? Differentiable(ctx, grad_output, context) : Fast(ctx, grad_output, context);
        }
        catch (Exception exception)
        {
            context.Failed(exception);
        }
        var saved = ctx.get_saved_variables();
        return [grad_output.alias(), zeros_like(saved[1]), zeros_like(saved[1])];
    }

    private static List<Tensor> Fast(autograd.AutogradContext ctx, Tensor gradient, RankContext context)
    {
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var (values, weight, mean, inverse) = (saved[0], saved[1], saved[2], saved[3]);
        var others = OtherDimensions(values);
        var sum = gradient.sum(others);
        var dot = ((gradient * values).sum(others) - mean * sum) * inverse;
        var all = stack([sum, dot]);
        context.Communicator.AllReduce([all]);
        var count = Count(values) * context.Communicator.Size;
        var scale = weight * inverse;
        var slope = -scale * inverse * all[1] / count;
        var offset = -scale * all[0] / count - slope * mean;
        var ofValues = addcmul(addcmul(PerChannel(offset, values), values, PerChannel(slope, values), 1), gradient, PerChannel(scale, values), 1);
        return [ofValues.MoveToOuterDisposeScope(), dot.MoveToOuterDisposeScope(), sum.MoveToOuterDisposeScope()];
    }

    private static List<Tensor> Differentiable(autograd.AutogradContext ctx, Tensor gradient, RankContext context)
    {
        using var scope = NewDisposeScope();
        using var entered = AcrossRanks.Enter(context);
        var saved = ctx.get_saved_variables();
        var (values, weight) = (saved[0], saved[1]);
        var others = OtherDimensions(values);
        var (mean, variance) = RankStatistics.OfAll(values.mean(others), values.var(others, unbiased: false));
        var inverse = (variance + (double)ctx.get_data(SettingsKey)).rsqrt();
        var normalized = (values - PerChannel(mean, values)) * PerChannel(inverse, values);
        var (sum, dot) = (gradient.sum(others), (gradient * normalized).sum(others));
        var means = AcrossRanks.Mean(stack([sum, dot])) / Count(values);
        var ofValues = PerChannel(weight * inverse, values) * (gradient - PerChannel(means[0], values) - normalized * PerChannel(means[1], values));
        return [ofValues.MoveToOuterDisposeScope(), dot.MoveToOuterDisposeScope(), sum.MoveToOuterDisposeScope()];
    }

    /// <summary>All but that of the channels.</summary>
    internal static long[] OtherDimensions(Tensor values) => [.. Enumerable.Range(0, (int)values.dim()).Where(dimension => dimension != 1)];

    private static double Count(Tensor values) => values.numel() / (double)values.shape[1];

    private static Tensor PerChannel(Tensor channels, Tensor values) => channels.view([1, -1, .. Enumerable.Repeat(1L, (int)values.dim() - 2)]);
}
