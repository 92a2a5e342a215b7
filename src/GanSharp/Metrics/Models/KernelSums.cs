using GanSharp.Estimates;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Models;

/// <summary>
/// ln Σ exp(−‖x − c‖² / 2σ²) over centers c, in float64, for several σ from the same distances. Distances are computed in blocks of 8 MB, so memory doesn't grow with the
/// number of points. Each group of <see cref="GroupJackknife"/> has its own sum, so that all sums without a group cost nothing more.
/// </summary>
internal sealed class KernelSums : IDisposable
{
    private const long NumbersPerBlock = 1 << 20;
    private const int Groups = GroupJackknife.Groups;
    private readonly Tensor centers, offset, norms;
    private readonly long[] groupSizes;

    /// <param name="centers">Float tensor of shape [N, d], at least one for each group.</param>
    public KernelSums(Tensor centers)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var all = centers.detach().cpu().to(ScalarType.Float64);
        // Distances lose nothing to a common offset.
        offset = all.mean([0]).DetachFromDisposeScope();
        var byGroup = cat([.. Enumerable.Range(0, Groups).Select(group => arange(group, all.shape[0], Groups))]);
        groupSizes = [.. Enumerable.Range(0, Groups).Select(group => (all.shape[0] + Groups - 1 - group) / Groups)];
        this.centers = (all - offset).index_select(0, byGroup).DetachFromDisposeScope();
        norms = this.centers.square().sum([1]).DetachFromDisposeScope();
    }

    /// <summary>Number of centers.</summary>
    public long Count => norms.shape[0];

    /// <summary>Centers in each group.</summary>
    public IReadOnlyList<long> GroupSizes => groupSizes;

    /// <summary>The logarithm of each group's sum.</summary>
    /// <param name="points">Float tensor of shape [M, d].</param>
    /// <param name="bandwidths">Each σ, above 0.</param>
    /// <param name="cancellationToken">Ends it between two blocks.</param>
    /// <returns>Float64 tensor of shape [bandwidths, M, groups] on the CPU.</returns>
    public Tensor Of(Tensor points, IReadOnlyList<double> bandwidths, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var rows = Math.Max(1, NumbersPerBlock / Count);
        var sums = empty([bandwidths.Count, points.shape[0], Groups], ScalarType.Float64);
        for (long start = 0; start < points.shape[0]; start += rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var block = NewDisposeScope();
            var x = points.narrow(0, start, Math.Min(rows, points.shape[0] - start)).detach().cpu().to(ScalarType.Float64) - offset;
            // Rounding may put equal points slightly below 0.
            var distances = (x.square().sum([1], keepdim: true) + norms - 2 * x.matmul(centers.t())).clamp_min_(0);
            foreach (var (group, part) in distances.split(groupSizes, 1).Index())
                foreach (var (index, bandwidth) in bandwidths.Index())
                {
                    using var one = NewDisposeScope();
                    sums.select(0, index).narrow(0, start, x.shape[0]).select(1, group).copy_((part * (-0.5 / (bandwidth * bandwidth))).logsumexp(1));
                }
        }
        return sums.MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        centers.Dispose();
        offset.Dispose();
        norms.Dispose();
    }
}
