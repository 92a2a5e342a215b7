using GanSharp.Networks.Autoencoders;
using GanSharp.Optimization.Averages;
using GanSharp.Players;
using GanSharp.Training.Runs;
using GanSharp.Training.State;
using static TorchSharp.torch;

namespace GanSharp.Training.Autoencoders;

/// <summary>The algorithm: encoder, decoder and likelihood climb the evidence lower bound together.</summary>
/// <param name="autoencoder">What learns.</param>
/// <param name="encoder">Its encoder.</param>
/// <param name="decoder">Its decoder.</param>
/// <param name="likelihood">Its likelihood, which has no parameters in some.</param>
/// <param name="batches">Where samples come from.</param>
/// <param name="averages">Averages of the decoder.</param>
/// <param name="statistics">Sums for the next report.</param>
/// <param name="state">Where the run stands.</param>
/// <param name="options">What it was told.</param>
internal sealed class Ascent(
    VariationalAutoencoder autoencoder, Player encoder, Player decoder, Player likelihood, BatchReader batches, AverageSet averages, BoundStatistics statistics, TrainingState state, AutoencoderOptions options)
{
    private readonly Player[] learners = [.. new[] { encoder, decoder, likelihood }.Where(player => player.Learns)];

    /// <summary>One step of the run.</summary>
    /// <param name="isContinued">Whether nothing but the step before has touched the networks since.</param>
    public void Step(bool isContinued)
    {
        using var scope = NewDisposeScope();
        try
        {
            Prepare(isContinued);
            var device = state.LatentRandom.device;
            var (samples, labels) = batches.Take(state.SamplesSeen);
            state.SamplesSeen += options.BatchSize;
            var bound = autoencoder.Bound(samples.to(device, non_blocking: true), labels?.to(device, non_blocking: true), state.LatentRandom);
            var loss = bound.Loss(options.Beta.At(state.Step), options.FreeBits);
            if (!AcceptsParts(bound))
                return;
            learners[0].Accumulate(loss);
            if (!Player.Update(learners, state.Step))
                return;
            statistics.Add(loss, bound);
            averages.Update(options.BatchSize);
        }
        catch
        {
            // Half a step's traces: a caller who removes the cause may resume with this trainer.
            foreach (var player in learners)
                player.Reset();
            throw;
        }
        finally
        {
            batches.Settle();
        }
    }

    /// <summary>Each part by the guard of the network that it comes from, so that a message names that one.</summary>
    private bool AcceptsParts(EvidenceLowerBound bound) =>
        decoder.Guard!.AcceptsLoss([new("reconstruction", bound.Reconstruction.mean())]) && encoder.Guard!.AcceptsLoss([new("KL", bound.KullbackLeibler.sum(1).mean())]);

    /// <summary>What the caller may have left between two reports is put back, and what isn't the trainer's to put back is named.</summary>
    private void Prepare(bool isContinued)
    {
        foreach (var player in learners)
            player.Parameters.ClearGradients();
        if (isContinued)
            return;
        if (!is_grad_enabled())
            throw new InvalidOperationException("Training needs gradients, but it was called inside no_grad() or inference_mode(). End that scope before the loop over the reports.");
        autoencoder.train();
    }
}
