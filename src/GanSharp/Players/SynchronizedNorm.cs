using GanSharp.Communication;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GanSharp.Players;

/// <summary>
/// A batch norm of torch that, within a step of several processes, normalizes by the statistics of the batch of all ranks: the values, running statistics and gradients of any order of one process with the whole batch.
/// It is put in by hooks, so that networks of any make need not know.
/// </summary>
internal sealed class SynchronizedNorm : IDisposable
{
    private readonly BatchNorm norm;
    private readonly Action removeHooks;
    private Tensor? input;
    private long? trackedBefore;
    private long passes;

    public SynchronizedNorm(BatchNorm norm)
    {
        this.norm = norm;
        var before = norm.register_forward_pre_hook((_, given) => Before(given)!);
        var after = norm.register_forward_hook((_, _, _) => After()!);
        removeHooks = () =>
        {
            before.remove();
            after.remove();
        };
    }

    /// <summary>Whether batches went through it by <c>forward</c> instead of <c>call</c>, which hooks don't see.</summary>
    public bool WasBypassed => trackedBefore is { } before && norm.num_batches_tracked is { IsInvalid: false } tracked && tracked.cpu().item<long>() > before + passes;

    /// <summary>Begins to count for <see cref="WasBypassed"/>.</summary>
    public void Watch() => (trackedBefore, passes) = (norm.num_batches_tracked is { IsInvalid: false } tracked ? tracked.cpu().item<long>() : null, 0);

    public void Dispose() => removeHooks();

    /// <summary>torch's own pass gets one sample and changes nothing; <see cref="After"/> puts the result of all in the place of its output.</summary>
    private Tensor? Before(Tensor given)
    {
        if (input is not null)
            _ = After(isLost: true);
        if (AcrossRanks.Size == 1 || !norm.training)
            return null;
        input = given;
        norm.eval();
        return given.detach().narrow(0, 0, 1);
    }

    private Tensor? After(bool isLost = false)
    {
        if (input is not { } given)
            return null;
        input = null;
        norm.train();
        return isLost ? null : Normalize(given);
    }

    private Tensor Normalize(Tensor given)
    {
        var values = given.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? given.to(ScalarType.Float32) : given;
        var (ownMean, ownVariance) = RankStatistics.Own(values);
        Tensor mean, variance;
        using (no_grad())
            (mean, variance) = RankStatistics.OfAll(ownMean, ownVariance);
        Track(mean, variance, values.numel() / values.shape[1] * AcrossRanks.Size);
        var weight = norm.weight?.to(values.dtype) ?? ones_like(mean);
        var bias = norm.bias?.to(values.dtype) ?? zeros_like(mean);
        return BatchNormOverRanks.Of(values, weight, bias, mean, variance, norm.eps, AcrossRanks.Current!).to(given.dtype);
    }

    private void Track(Tensor mean, Tensor variance, long count)
    {
        passes++;
        if (norm.running_mean is not { IsInvalid: false } runningMean || norm.running_var is not { } runningVariance || norm.num_batches_tracked is not { } tracked)
            return;
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        tracked.add_(1);
        var unbiased = variance.detach() * (count / (double)Math.Max(1, count - 1));
        foreach (var (running, now) in new[] { (runningMean, mean.detach()), (runningVariance, unbiased) })
            if (norm.momentum is { } momentum)
                running.mul_(1 - momentum).add_(now.to(running.dtype), alpha: momentum);
            else
                running.add_((now.to(running.dtype) - running) / tracked.to(running.dtype));
    }
}
