using System.Runtime.CompilerServices;
using GanSharp.Networks;
using GanSharp.Penalties;
using static TorchSharp.torch;

namespace GanSharp.Training.Checks;

/// <summary>A pass of D in which both sides require gradient and it shows who differentiates by them.</summary>
internal sealed class WatchedPass
{
    private readonly StrongBox<int> real = new(), fake = new();

    public WatchedPass(DiscriminatorNetwork discriminator, TrialBatch trial, Tensor fakeSamples)
    {
        JudgedSamples Judge(Tensor samples, StrongBox<int> passes)
        {
            var leaf = samples.detach().clone().requires_grad_(true);
            var logits = TrialRun.Of(discriminator, DifferentiationWitness.Watch(leaf, passes), trial.Labels, "samples");
            NetworkCheck.ThrowIfNoLogits(discriminator, logits, trial.Count);
            return new JudgedSamples(leaf, logits, trial.Labels);
        }
        Pass = new DiscriminatorPass(discriminator, Judge(trial.Samples, real), Judge(fakeSamples, fake), Step: 0);
    }

    public DiscriminatorPass Pass { get; }

    /// <summary>By which sides someone has differentiated since the last call of <see cref="Forget"/>.</summary>
    public (bool Real, bool Fake) Differentiated => (Volatile.Read(ref real.Value) > 0, Volatile.Read(ref fake.Value) > 0);

    public void Forget() => real.Value = fake.Value = 0;
}
