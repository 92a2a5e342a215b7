using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Players;
using static TorchSharp.torch;

namespace GanSharp.Contracts;

/// <summary>G answers a D that has learned some steps ahead, and D is then put back (Metz et al. 2017, without the gradient through those steps).</summary>
public sealed class UnrolledGame(GeneratorNetwork generator, DiscriminatorNetwork discriminator, int unrolledSteps) : IDisposable
{
    private readonly Player g = new(generator, new AdamOptions()), d = new(discriminator, new AdamOptions());

    public void Step(Tensor real, Tensor latents)
    {
        using var scope = NewDisposeScope();
        LearnDiscriminator(real, latents);
        using var ahead = d.Remember();
        for (var step = 0; step < unrolledSteps; step++)
            LearnDiscriminator(real, latents);
        using var held = d.Hold();
        g.Descend(GanObjective.Minimax.GeneratorLoss(discriminator.call(generator.call(latents, null), null).Logits, null).mean());
    }

    public void Dispose() => (new IDisposable[] { g, d }).ToList().ForEach(player => player.Dispose());

    private void LearnDiscriminator(Tensor real, Tensor latents) => d.Descend(GanObjective.Minimax.DiscriminatorLoss(
        discriminator.call(real, null).Logits, discriminator.call(generator.call(latents, null).detach(), null).Logits).mean());
}
