using GanSharp.Randomness;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Sampling;

/// <summary>
/// MH-GAN (Turner et al. 2019): independent Metropolis–Hastings chains that propose samples of G and accept x′ with probability min(1, e^(l′ − l)).
/// The end of a chain is distributed as p_d where l is ln p_d/p_g. It doesn't need the largest ratio, and a constant added to every l changes nothing.
/// </summary>
public sealed class MetropolisHastingsSampler
{
    private readonly GeneratorProposal proposal;

    /// <summary>Sets the proposal and the length of a chain.</summary>
    /// <param name="proposal">G and its log ratio; calibrate it, because a chain starts at a real sample and would stay there under an overconfident D.</param>
    /// <param name="chainLength">Proposals per sample, at least 1. Default 640, as in the paper's experiments; after K proposals, the influence of the start is at most (1 − 1/r_max)^K.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="chainLength"/> is below 1.</exception>
    public MetropolisHastingsSampler(GeneratorProposal proposal, int chainLength = 640)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        ArgumentOutOfRangeException.ThrowIfLessThan(chainLength, 1);
        (this.proposal, ChainLength) = (proposal, chainLength);
    }

    /// <summary>Proposals of each chain.</summary>
    public int ChainLength { get; }

    /// <summary>Runs one chain from each real sample and returns their last states, which are always samples of G.</summary>
    /// <param name="real">
    /// Start of each chain, shape [N, …]. Real samples already have the target distribution, so that no burn-in is needed. A chain that never leaves its start is
    /// run again from a sample of G.
    /// </param>
    /// <param name="seed">Determines the proposals and which of them are accepted. Default 0.</param>
    /// <returns>N independent samples of shape [N, …].</returns>
    /// <exception cref="ArgumentException"><paramref name="real"/> doesn't have shape [N, …] with at least 1 sample.</exception>
    public AcceptedSamples Sample(Tensor real, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(real);
        if (real.dim() < 2 || real.shape[0] < 1)
            throw new ArgumentException($"real must have shape [N, …] with at least 1 sample but has shape {Shape.Format(real.shape)}.", nameof(real));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var random = SeededRandom.Create(seed, "Metropolis–Hastings", device: proposal.Device);
        var start = real.to(proposal.Device);
        var chains = new Chains(start, proposal.LogRatios(start));
        chains.Run(proposal, ChainLength, random);
        var (accepted, proposed) = (chains.Accepted, real.shape[0] * ChainLength);
        var stuck = chains.Moved.logical_not().nonzero().squeeze(1);
        if (stuck.shape[0] > 0)
        {
            var (samples, logRatios) = proposal.Draw((int)stuck.shape[0], random);
            var again = new Chains(samples, logRatios);
            again.Run(proposal, ChainLength, random);
            chains.Samples.index_copy_(0, stuck, again.Samples);
            accepted += again.Accepted;
            proposed += stuck.shape[0] * ChainLength;
        }
        return new AcceptedSamples(chains.Samples.MoveToOuterDisposeScope(), (double)accepted / proposed);
    }

    /// <summary>Runs the chains in parallel; the states are overwritten in place, so that memory doesn't grow with their length.</summary>
    private sealed class Chains(Tensor start, Tensor startLogRatios)
    {
        private readonly Tensor logRatios = startLogRatios.clone();

        public Tensor Samples { get; } = start.clone();

        public Tensor Moved { get; } = zeros_like(startLogRatios, ScalarType.Bool);

        public long Accepted { get; private set; }

        public void Run(GeneratorProposal proposal, int steps, Generator random)
        {
            var count = (int)Samples.shape[0];
            for (var step = 0; step < steps; step++)
            {
                using var scope = NewDisposeScope();
                var (samples, proposedRatios) = proposal.Draw(count, random);
                ThrowIfOtherShape(Samples, samples);
                var chance = rand(count, ScalarType.Float64, proposal.Device, generator: random).log();
                // From a start with l = −∞, which the data could never produce, every proposal is accepted; the difference of two infinities would be NaN.
                var accepts = chance.lt(proposedRatios - logRatios).logical_or(logRatios.eq(double.NegativeInfinity));
                var chosen = accepts.nonzero().squeeze(1);
                Samples.index_copy_(0, chosen, samples.to(Samples.dtype).index_select(0, chosen));
                logRatios.index_copy_(0, chosen, proposedRatios.index_select(0, chosen));
                Moved.logical_or_(accepts);
                Accepted += chosen.shape[0];
            }
        }

        private static void ThrowIfOtherShape(Tensor real, Tensor generated)
        {
            if (!generated.shape.SequenceEqual(real.shape))
                throw new ArgumentException($"real must hold samples of shape {Shape.Format(generated.shape.Skip(1))} like the generator's but holds samples of shape {Shape.Format(real.shape.Skip(1))}.", nameof(real));
        }
    }
}
