using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.StyleGan;

/// <summary>
/// Adds one channel: the standard deviation of the features among the samples of a group, averaged over channels and places (Karras et al. 2018). D then sees when samples are too alike.
/// </summary>
/// <remarks>
/// <para>
/// A logit then depends on the samples beside it, so it isn't a function of x: it estimates no density ratio, divergences measured with it are of groups, and a penalty's gradient of one
/// sample holds what that sample does to the logits of its group.
/// </para>
/// <para>
/// Of a batch of N samples, N/M of them each, the n-th is in group n mod M. <c>Logits</c> judges 256 samples at a time, so those beside a sample are the same for the same call, and others where
/// it stands elsewhere. Where the group's size doesn't divide the batch, the largest smaller size that does is taken; a lone sample has a deviation of about 0, which D never saw in training.
/// A joint pass of D (<c>TrainingOptions.JointForward</c>) would mix real and generated samples in a group; by default there is none.
/// </para>
/// </remarks>
public sealed class MinibatchStandardDeviation : Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-8;
    private readonly int group;

    /// <summary>For groups of one size.</summary>
    /// <param name="group">Samples of a group, at least 2. Default 4, as in the paper.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="group"/> is below 2.</exception>
    public MinibatchStandardDeviation(int group = 4)
        : base(nameof(MinibatchStandardDeviation))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(group, 2);
        this.group = group;
    }

    /// <summary>The features with one more channel.</summary>
    /// <param name="features">Tensor of shape [N, C, height, width].</param>
    /// <returns>Tensor of shape [N, C + 1, height, width].</returns>
    public override Tensor forward(Tensor features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var count = features.size(0);
        long size = Math.Min(group, count);
        while (count % size != 0)
            size--;
        var groups = features.view([size, count / size, -1]);
        var deviations = ((groups - groups.mean([0], keepdim: true)).square().mean([0]) + Epsilon).sqrt().mean([1]);
        return cat([features, deviations.repeat(size).view(-1, 1, 1, 1).expand(count, 1, features.size(2), features.size(3))], 1);
    }
}
