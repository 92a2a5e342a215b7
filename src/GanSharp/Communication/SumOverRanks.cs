using static TorchSharp.torch;

namespace GanSharp.Communication;

/// <summary>
/// The sum of the ranks' tensors, with its gradient: a number that every rank uses has the sum of what each of them makes of it. The gradient is again such a sum, so that penalties on gradients differentiate it a second time.
/// </summary>
internal sealed class SumOverRanks : autograd.SingleTensorFunction<SumOverRanks>
{
    private const string Key = "context";

    // Only tensors can be passed as arguments.
    [ThreadStatic]
    private static RankContext? context;

    [ThreadStatic]
    private static Tensor? sum;

    public override string Name => nameof(SumOverRanks);

    /// <summary>The sum over all ranks.</summary>
    public static Tensor Of(Tensor own, RankContext context)
    {
        context.ThrowIfFailed();
        var reduced = Reduce(own, context);
        if (!own.requires_grad || !is_grad_enabled())
            return reduced;
        (SumOverRanks.context, sum) = (context, reduced);
        return apply(own);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_data(Key, context!);
        return sum!.alias();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        // Nothing here may throw: an exception would end the process.
        var of = (RankContext)ctx.get_data(Key);
        try
        {
            if (!of.HasFailed)
                return [Of(grad_output, of)];
        }
        catch (Exception exception)
        {
            of.Failed(exception);
        }
        return [grad_output.alias()];
    }

    private static Tensor Reduce(Tensor own, RankContext context)
    {
        using var frozen = no_grad();
        var values = own.detach().clone();
        context.Communicator.AllReduce([values]);
        return values;
    }
}
