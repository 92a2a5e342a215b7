using GanSharp.Data;
using GanSharp.Divergences;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Objectives;
using GanSharp.Optimization.Flat;
using GanSharp.Players;
using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Game;

/// <summary>Computes <see cref="DualityGap"/>: each player learns against the current other player, and then both are restored.</summary>
internal sealed class BestResponse(
    GeneratorNetwork generator, FlatParameters generatorParameters, DiscriminatorNetwork discriminator, FlatParameters discriminatorParameters,
    GanObjective objective, Dataset data, DualityGapOptions options)
{
    private readonly Device device = generator.Device();

    public DualityGap Play(Dataset heldOut, CancellationToken cancellationToken)
    {
        using var generatorBefore = new NetworkSnapshot(generator);
        using var discriminatorBefore = new NetworkSnapshot(discriminator);
        using var generatorPlayer = LoneLearner.Create(generator, options.LearningRate, options.Steps, generatorParameters);
        using var discriminatorPlayer = LoneLearner.Create(discriminator, options.LearningRate, options.Steps, discriminatorParameters);
        generatorPlayer.Reset();
        discriminatorPlayer.Reset();
        try
        {
            generator.eval();
            discriminator.eval();
            Learn(discriminatorPlayer, generatorPlayer, DiscriminatorLoss, cancellationToken);
            var bestDiscriminator = Value(heldOut);
            discriminatorBefore.Restore();
            generator.eval();
            discriminator.eval();
            Learn(generatorPlayer, discriminatorPlayer, GeneratorLoss, cancellationToken);
            var bestGenerator = Value(heldOut);
            // Both sides use the same real samples and latents, so that common noise cancels in the differences per sample.
            // And a conditional G is asked for the labels of the real samples.
            var gap = WeightedMeans.OfTwo(0, 1, bestDiscriminator.Real - bestGenerator.Real, 1, bestDiscriminator.Fake - bestGenerator.Fake, arePairs: generator.Classes is not null).Normal();
            if (!double.IsFinite(gap.Value))
                throw new DiagnosticRefusedException("A player's logits became NaN or infinite, so the gap has no value. Lower DualityGapOptions.LearningRate.");
            return new DualityGap
            {
                Value = gap,
                BestDiscriminatorValue = bestDiscriminator.Real.mean().item<double>() + bestDiscriminator.Fake.mean().item<double>(),
                BestGeneratorValue = bestGenerator.Real.mean().item<double>() + bestGenerator.Fake.mean().item<double>(),
                Steps = options.Steps,
            };
        }
        finally
        {
            generatorBefore.Restore();
            discriminatorBefore.Restore();
            generatorPlayer.Reset();
            discriminatorPlayer.Reset();
        }
    }

    private void Learn(Player player, Player adversary, Func<Batch, Tensor, Tensor> loss, CancellationToken cancellationToken)
    {
        if (!player.Learns)
            return;
        using var held = adversary.Hold();
        for (long step = 0; step < options.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var drawn = data.Read(options.Seed, step * options.BatchSize, options.BatchSize);
            var real = new Batch(drawn.Samples.to(device), drawn.Labels?.to(device));
            using var random = SeededRandom.Create(options.Seed, "latents of a duality gap", step, device);
            player.Descend(loss(real, generator.Prior.Sample(options.BatchSize, random, device)));
        }
    }

    /// <summary>−V(D′, G) (eq. 20).</summary>
    private Tensor DiscriminatorLoss(Batch real, Tensor latents) => GanObjective.Minimax.DiscriminatorLoss(
        LogRatios(real.Samples, real.Labels), LogRatios(generator.call(latents, real.Labels), real.Labels)).mean();

    /// <summary>The part of V(D, G′) that depends on G′ (eq. 21).</summary>
    private Tensor GeneratorLoss(Batch real, Tensor latents) =>
        GanObjective.Minimax.GeneratorLoss(LogRatios(generator.call(latents, real.Labels), real.Labels), null).mean();

    private Tensor LogRatios(Tensor samples, Tensor? labels) => objective.LogDensityRatio(discriminator.call(samples, labels).Logits)!;

    /// <summary>ln D at held-out data and ln(1 − D) at G's samples.</summary>
    private (Tensor Real, Tensor Fake) Value(Dataset heldOut)
    {
        var (real, fake) = JensenShannon.HeldOutLogits(discriminator, heldOut, generator, options.HeldOutSamples, options.Seed, index: 0);
        return (ValueFunction.LogProbability(objective.LogDensityRatio(real)!), ValueFunction.LogProbability(-objective.LogDensityRatio(fake)!));
    }
}
