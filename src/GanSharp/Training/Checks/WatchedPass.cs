using System.Runtime.CompilerServices;
using GanSharp.Networks;
using GanSharp.Penalties;
using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Training.Checks;

/// <summary>A pass of D in which both sides require a gradient, and which records differentiation with respect to them.</summary>
internal sealed class WatchedPass
{
    private readonly StrongBox<int> real = new(), fake = new();

    public WatchedPass(GeneratorNetwork generator, DiscriminatorNetwork discriminator, TrialBatch trial, Tensor fakeSamples, Tensor? fakeLabels, TrialSettings settings)
    {
        JudgedSamples Judge(Tensor samples, Tensor? labels, StrongBox<int> passes)
        {
            var leaf = samples.detach().clone().requires_grad_(true);
            var output = TrialRun.Of(discriminator, AugmentationCheck.Apply(settings, DifferentiationWitness.Watch(leaf, passes)), labels);
            NetworkCheck.ThrowIfNoLogits(discriminator, output.Logits, trial.Count);
            return new JudgedSamples(leaf, output, labels);
        }
        Pass = new DiscriminatorPass(
            discriminator, Judge(trial.Samples, trial.Labels, real), Judge(fakeSamples, fakeLabels, fake), step: 0,
            () => SeededRandom.Create(settings.Seed, "trial of penalties", device: discriminator.Device()))
        {
            Generator = generator,
            Latents = trial.Latents.detach(),
        };
    }

    public DiscriminatorPass Pass { get; }

    /// <summary>The sides that were differentiated with respect to since the last call of <see cref="Forget"/>.</summary>
    public (bool Real, bool Fake) Differentiated => (Volatile.Read(ref real.Value) > 0, Volatile.Read(ref fake.Value) > 0);

    public void Forget() => real.Value = fake.Value = 0;
}
