using GanSharp.Data;
using GanSharp.Optimization.Averages;
using GanSharp.Players;
using GanSharp.Tensors;
using GanSharp.Training.Runs;
using GanSharp.Training.State;
using static TorchSharp.torch;

namespace GanSharp.Training;

/// <summary>The algorithm: k times D learns with G held fixed (eq. 20), then G learns with D held fixed (eq. 21).</summary>
internal sealed class Alternation(
    Player generator, Player discriminator, GameLosses losses, BatchReader batches, AverageSet averages, StepStatistics statistics, TrainingState state, TrainingOptions options) : IDisposable
{
    private readonly RankedStep? ranked = options.Communicator.Size > 1 ? new RankedStep(options, generator, discriminator, state) : null;

    /// <summary>One step of the run.</summary>
    /// <param name="isContinued">Whether nothing but the step before has touched the networks since.</param>
    public void Step(bool isContinued)
    {
        using var together = ranked?.Begin();
        using var lowGenerator = generator.Enter(isContinued);
        using var lowDiscriminator = discriminator.Enter(isContinued);
        try
        {
            Prepare(isContinued);
            for (var k = 1; k < options.DiscriminatorSteps; k++)
            {
                using var inner = NewDisposeScope();
                LearnDiscriminator(Draw(isPlayedTwice: false));
            }
            using var scope = NewDisposeScope();
            var round = Draw(isPlayedTwice: !options.FreshGeneratorBatch);
            LearnDiscriminator(round);
            LearnGenerator(options.FreshGeneratorBatch ? Draw(isPlayedTwice: false, options.Objective.GeneratorNeedsReal ? null : round.Real) : round);
            ranked?.End();
        }
        catch
        {
            // Half a step's traces: a caller who removes the cause may resume with this trainer.
            discriminator.Reset();
            generator.Reset();
            throw;
        }
        finally
        {
            batches.Settle();
        }
    }

    public void Dispose() => ranked?.Dispose();

    /// <summary>max over φ of E_pd[ln D] + E_z[ln(1 − D(G(z)))] with θ fixed (eq. 20), or what another objective has in its place.</summary>
    private void LearnDiscriminator(Round round)
    {
        if (Learn(discriminator, round, losses.Discriminator) is { } means)
            statistics.AddDiscriminator(means);
    }

    /// <summary>min over θ of E_z[ln(1 − D(G(z)))] with φ fixed (eq. 21), or what another objective has in its place.</summary>
    private void LearnGenerator(Round round)
    {
        using var network = options.UnrolledSteps > 0 ? discriminator.Remember() : null;
        using var parts = options.UnrolledSteps > 0 ? OwnState.Of([.. options.DiscriminatorPenalties, options.Objective, options.Augmentation]) : null;
        for (var step = 0; step < options.UnrolledSteps; step++)
            _ = Learn(discriminator, round, losses.Discriminator);
        using var held = discriminator.Hold();
        if (Learn(generator, round, losses.Generator) is not { } means)
            return;
        statistics.AddGenerator(means);
        if (generator.Learns)
            averages.Update(options.BatchSize * options.Communicator.Size);
    }

    /// <summary>One update of a player, from the round as a whole or in parts whose gradients add up to its own.</summary>
    /// <returns>The losses; null where the guard refused the update.</returns>
    private LossMeans? Learn(Player player, Round round, Func<Round, long, LossMeans> lossesOf)
    {
        player.Guard?.Begins();
        LossMeans? sum = null;
        foreach (var part in round.Split(options.MicroBatches))
        {
            // A whole batch lives as long as the step: G's samples serve both players.
            using var scope = options.MicroBatches == 1 ? null : NewDisposeScope();
            var means = lossesOf(part, state.Step).Over(options.MicroBatches);
            if (ranked is null && player.Guard?.AcceptsLoss(means.Terms) == false)
            {
                // Those of the parts before it.
                player.Parameters.ClearGradients();
                return null;
            }
            if (player.Learns)
            {
                player.Accumulate(means.Total());
                ranked?.Context.ThrowIfFailed();
            }
            sum = options.MicroBatches == 1 ? means : means.AddedTo(sum);
        }
        if (ranked is not null)
            return ranked.Update(player, sum!, state.Step);
        return !player.Learns || player.Update(state.Step) ? sum : null;
    }

    private Round Draw(bool isPlayedTwice, Batch? real = null)
    {
        var position = state.SamplesSeen + options.Communicator.Rank * options.BatchSize;
        if (real is null)
        {
            real = batches.Take(position);
            state.SamplesSeen += options.BatchSize * options.Communicator.Size;
        }
        return losses.Round(real.Value, state.LatentRandom, state.Step, position, isPlayedTwice && options.MicroBatches == 1);
    }

    /// <summary>What the caller may have left between two reports is put back, and what isn't the trainer's to put back is named.</summary>
    private void Prepare(bool isContinued)
    {
        discriminator.Parameters.ClearGradients();
        generator.Parameters.ClearGradients();
        if (isContinued)
            return;
        if (!is_grad_enabled())
            throw new InvalidOperationException("Training needs gradients, but it was called inside no_grad() or inference_mode(). End that scope before the loop over the reports.");
        foreach (var network in new[] { generator.Network, discriminator.Network })
            if (!network.training)
                network.train();
    }
}
