using GanSharp.Data;
using GanSharp.Diagnostics.Auditing;
using GanSharp.Divergences;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Game;

/// <summary>The play behind <see cref="DualityGap"/>: each player learns against the other as it is, and both are put back.</summary>
internal sealed class BestResponse(
    GeneratorNetwork generator, FlatParameters generatorParameters, DiscriminatorNetwork discriminator, FlatParameters discriminatorParameters,
    GanObjective objective, Dataset data, DualityGapOptions options)
{
    private readonly Device device = generator.Device();

    public DualityGap Play(Dataset heldOut, CancellationToken cancellationToken)
    {
        using var generatorBefore = new NetworkSnapshot(generator);
        using var discriminatorBefore = new NetworkSnapshot(discriminator);
        try
        {
            generator.eval();
            discriminator.eval();
            Learn(discriminatorParameters, generatorParameters, DiscriminatorLoss, cancellationToken);
            var bestDiscriminator = Value(heldOut);
            discriminatorBefore.Restore();
            generator.eval();
            discriminator.eval();
            Learn(generatorParameters, discriminatorParameters, GeneratorLoss, cancellationToken);
            var bestGenerator = Value(heldOut);
            // The same real samples and latents on both sides: differences a sample, so what is common cancels.
            var gap = new WeightedMeans(0, (1, bestDiscriminator.Real - bestGenerator.Real), (1, bestDiscriminator.Fake - bestGenerator.Fake)).Normal();
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
            generatorParameters.RequireGradients(true);
            discriminatorParameters.RequireGradients(true);
            generatorParameters.ClearGradients();
            discriminatorParameters.ClearGradients();
        }
    }

    private void Learn(FlatParameters player, FlatParameters adversary, Func<Batch, Tensor, Tensor> loss, CancellationToken cancellationToken)
    {
        if (player.Buffers.Count == 0)
            return;
        player.RequireGradients(true);
        adversary.RequireGradients(false);
        player.ClearGradients();
        using var optimizer = LoneLearner.Optimizer(player, options.LearningRate, options.Steps);
        for (long step = 0; step < options.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var drawn = data.Read(options.Seed, step * options.BatchSize, options.BatchSize);
            var real = new Batch(drawn.Samples.to(device), drawn.Labels?.to(device));
            using var random = SeededRandom.Create(options.Seed, "latents of a duality gap", step, device);
            loss(real, generator.Prior.Sample(options.BatchSize, random, device)).backward();
            optimizer.Step(step);
        }
    }

    /// <summary>−V(D′, G) (eq. 20).</summary>
    private Tensor DiscriminatorLoss(Batch real, Tensor latents) => GanObjective.Minimax.DiscriminatorLoss(
        LogRatios(real.Samples, real.Labels), LogRatios(generator.call(latents, real.Labels), real.Labels)).mean();

    /// <summary>The part of V(D, G′) that depends on G′ (eq. 21).</summary>
    private Tensor GeneratorLoss(Batch real, Tensor latents) =>
        GanObjective.Minimax.GeneratorLoss(LogRatios(generator.call(latents, real.Labels), real.Labels), null).mean();

    private Tensor LogRatios(Tensor samples, Tensor? labels) => objective.LogDensityRatio(discriminator.call(samples, labels))!;

    /// <summary>ln D at held-out data and ln(1 − D) at G's samples.</summary>
    private (Tensor Real, Tensor Fake) Value(Dataset heldOut)
    {
        var (real, fake) = JensenShannon.HeldOutLogits(discriminator, heldOut, generator, options.HeldOutSamples, options.Seed, index: 0);
        return (ValueFunction.LogProbability(objective.LogDensityRatio(real)!), ValueFunction.LogProbability(-objective.LogDensityRatio(fake)!));
    }
}
